import { type Config, checkOptions, optionTable } from '@espalier/core';
import { add, mul, sign, sub, type Tensor } from '@tensorflow/tfjs-core';
import { checkRange } from './checkRange.js';
import type { InPlaceUpdate } from './inPlace.js';
import {
  type LearningRateOption,
  learningRateOptions,
  SlotOptimizer,
  type Step,
  type Updated,
} from './SlotOptimizer.js';
import { WeightDecay, type WeightDecayOptions, weightDecayKinds } from './weightDecay.js';

/** What {@link Lion} takes; `weightDecay` is 0 by default. */
export interface LionOptions extends LearningRateOption, WeightDecayOptions {
  /** How much of the mean counts beside the gradient in a step, 0 to below 1. Default 0.9. */
  readonly beta1?: number;
  /** How much of the mean is kept in a step, 0 to below 1. Default 0.99. */
  readonly beta2?: number;
}

type Slot = 'momentum';

const lionOptions = /* @__PURE__ */ optionTable<LionOptions, LearningRateOption>(
  'Lion',
  { beta1: 'number', beta2: 'number', ...weightDecayKinds },
  { base: learningRateOptions },
);

/**
 * Steps of one size by the sign of a running mean: `w ← w - η λ w - η sign(β₁ m + (1 - β₁) g)`, then
 * `m ← β₂ m + (1 - β₂) g`. It keeps half of what Adam keeps, and wants a rate 3 to 10 times smaller.
 *
 * Default learning rate 0.001, no weight decay λ, as in Keras. Chen et al., https://arxiv.org/abs/2302.06675.
 * @throws ValueError for options outside their range.
 *
 * @example
 * ```ts
 * import { Lion } from '@espalier/optimizers';
 *
 * const optimizer = new Lion({ learningRate: 1e-4, weightDecay: 0.1 });
 * if (optimizer.beta2 !== 0.99) throw new Error('not the default');
 * ```
 */
export class Lion extends SlotOptimizer<Slot> {
  readonly className: string = 'Lion';
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  protected readonly slotNames: readonly Slot[] = ['momentum'];
  readonly #decay: WeightDecay;

  constructor(options: LionOptions = {}) {
    super(checkOptions(options, lionOptions).learningRate ?? 0.001);
    this.beta1 = checkRange('Lion: beta1', options.beta1 ?? 0.9, 0, 1);
    this.beta2 = checkRange('Lion: beta2', options.beta2 ?? 0.99, 0, 1);
    this.#decay = new WeightDecay('Lion', options.weightDecay ?? 0, options.excludeFromWeightDecay);
    this.weightDecay = this.#decay.rate;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), beta1: this.beta1, beta2: this.beta2, ...this.#decay.getConfig() };
  }

  protected update(value: Tensor, gradient: Tensor, slots: Record<Slot, Tensor>, step: Step): Updated<Slot> {
    const mixed = (beta: number) => add(mul(slots.momentum, beta), mul(gradient, 1 - beta));
    const decayed = mul(value, this.#decay.factor(step.path, step.learningRate));
    const change = mul(sign(mixed(this.beta1)), step.learningRate);
    return { value: sub(decayed, change), slots: { momentum: mixed(this.beta2) } };
  }

  protected override inPlace({ learningRate }: Omit<Step, 'path'>): InPlaceUpdate {
    const { beta1, beta2 } = this;
    const factor = (path: string) => this.#decay.factor(path, learningRate);
    return { kernel: 'LionUpdate', attrs: { learningRate, beta1, beta2 }, factor };
  }
}
