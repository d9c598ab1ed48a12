import { describeValue, type OptionKinds, ValueError } from '@espalier/core';
import { checkRange } from './checkRange.js';

/** Which parameters do not decay: a test of the path, or parts of paths. */
export type Excluded = readonly string[] | ((path: string) => boolean);

/** The options of optimizers with decoupled weight decay. */
export interface WeightDecayOptions {
  /** The part of a weight that is taken off in a step of rate 1. */
  readonly weightDecay?: number;
  /**
   * Which parameters do not decay: a test of the path, or parts of paths, such as `['bias', 'gamma']`. A test cannot be
   * saved with the model; parts can. Default none, as in Keras.
   */
  readonly excludeFromWeightDecay?: Excluded;
}

/** The kinds of {@link WeightDecayOptions}, for tables of options. */
export const weightDecayKinds = {
  weightDecay: 'number',
  excludeFromWeightDecay: 'list|function|string',
} satisfies OptionKinds<WeightDecayOptions>;

/** What is saved in place of a test. */
const TEST = 'function';

/** Decoupled weight decay: `w ← w - η λ w` before each step. Loshchilov and Hutter, https://arxiv.org/abs/1711.05101. */
export class WeightDecay {
  readonly rate: number;
  readonly #excluded: Excluded;

  constructor(where: string, rate: number, excluded: Excluded = []) {
    this.rate = checkRange(`${where}: weightDecay`, rate, 0);
    this.#excluded = excluded;
    if ((excluded as unknown) === TEST) {
      throw new ValueError({
        where: `${where}: excludeFromWeightDecay`,
        problem: 'the optimizer was saved with a function, which a file cannot hold',
        mend: "make the optimizer yourself, or exclude by parts of paths: ['bias', 'gamma']",
      });
    }
    if (typeof excluded === 'function' || (Array.isArray(excluded) && excluded.every((p) => typeof p === 'string')))
      return;
    throw new ValueError({
      where: `${where}: excludeFromWeightDecay`,
      problem: 'these are no parts of paths',
      expected: "a list of names, ['bias', 'gamma'], or a test of a path",
      got: describeValue(excluded),
    });
  }

  /** What is left of a parameter: 1 - η λ, or 1 if it does not decay. */
  factor(path: string, learningRate: number): number {
    const excluded = this.#excluded;
    const exempt = typeof excluded === 'function' ? excluded(path) : excluded.some((part) => path.includes(part));
    return exempt ? 1 : 1 - this.rate * learningRate;
  }

  /** The options as JSON. */
  getConfig(): { weightDecay: number; excludeFromWeightDecay: string | readonly string[] } {
    const excluded = this.#excluded;
    return { weightDecay: this.rate, excludeFromWeightDecay: typeof excluded === 'function' ? TEST : excluded };
  }
}
