import { type Config, ValueError } from '@espalier/core';
import { mul, type Tensor } from '@tensorflow/tfjs-core';
import { Adam, type AdamOptions, type AdamSlot } from './Adam.js';
import { checkRange } from './checkRange.js';
import type { Step, Updated } from './SlotOptimizer.js';

/** What {@link AdamW} takes. */
export interface AdamWOptions extends AdamOptions {
  /** The part of a weight that is taken off in a step of rate 1. Default 0.004. */
  readonly weightDecay?: number;
  /**
   * Which parameters do not decay: a test of the path, or parts of paths, such as `['bias', 'gamma']`. A test cannot be
   * saved with the model; parts can. Default none, as in Keras.
   */
  readonly excludeFromWeightDecay?: readonly string[] | ((path: string) => boolean);
}

/** What is saved in place of a test. */
const TEST = 'function';

/**
 * {@link Adam} with decoupled weight decay: `w ← w - η λ w` before each step, apart from the gradient and its mean
 * square. Default learning rate 0.001, λ 0.004 as in Keras (PyTorch: 0.01).
 *
 * Loshchilov and Hutter, https://arxiv.org/abs/1711.05101.
 * @throws ValueError for options outside their range.
 *
 * @example
 * ```ts
 * import { AdamW, optimizerFromConfig } from '@espalier/optimizers';
 *
 * const optimizer = new AdamW({ weightDecay: 0.01, excludeFromWeightDecay: ['bias', 'gamma', 'beta'] });
 * const again = optimizerFromConfig(JSON.parse(JSON.stringify(optimizer.serialize())));
 * if (JSON.stringify(again.serialize()) !== JSON.stringify(optimizer.serialize())) throw new Error('not the same');
 * ```
 */
export class AdamW extends Adam {
  override readonly className: string = 'AdamW';
  readonly weightDecay: number;
  readonly #excluded: readonly string[] | ((path: string) => boolean);

  constructor(options: AdamWOptions = {}) {
    super(options);
    this.weightDecay = checkRange('AdamW: weightDecay', options.weightDecay ?? 0.004, 0);
    this.#excluded = options.excludeFromWeightDecay ?? [];
    if ((this.#excluded as unknown) === TEST) {
      throw new ValueError({
        where: 'AdamW: excludeFromWeightDecay',
        problem: 'the optimizer was saved with a function, which a file cannot hold',
        mend: "make the optimizer yourself, or exclude by parts of paths: ['bias', 'gamma']",
      });
    }
  }

  override getConfig(): Config {
    const excludeFromWeightDecay = typeof this.#excluded === 'function' ? TEST : this.#excluded;
    return { ...super.getConfig(), weightDecay: this.weightDecay, excludeFromWeightDecay };
  }

  protected override update(
    value: Tensor,
    gradient: Tensor,
    slots: Record<AdamSlot, Tensor>,
    step: Step,
  ): Updated<AdamSlot> {
    const decayed = this.#decays(step.path) ? mul(value, 1 - this.weightDecay * step.learningRate) : value;
    return super.update(decayed, gradient, slots, step);
  }

  #decays(path: string): boolean {
    const excluded = this.#excluded;
    return !(typeof excluded === 'function' ? excluded(path) : excluded.some((part) => path.includes(part)));
  }
}
