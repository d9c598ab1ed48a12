import { type Config, checkOptions, type OptionTable, optionTable } from '@espalier/core';
import { add, div, maximum, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { checkRange } from './checkRange.js';
import type { InPlaceUpdate } from './inPlace.js';
import {
  type LearningRateOption,
  learningRateOptions,
  SlotOptimizer,
  type Step,
  type Updated,
} from './SlotOptimizer.js';

/** What {@link Adam} takes. */
export interface AdamOptions extends LearningRateOption {
  /** How much of the mean is kept in a step, 0 to below 1. Default 0.9. */
  readonly beta1?: number;
  /** How much of the mean square is kept in a step, 0 to below 1. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean square, before the correction of its bias. Default 1e-7. */
  readonly epsilon?: number;
  /** Whether the largest mean square so far is used. Default false. */
  readonly amsgrad?: boolean;
}

/** `vHat` is kept with `amsgrad` only. */
export type AdamSlot = 'm' | 'v' | 'vHat';

type Hyper = {
  /** The rate with both corrections of bias. */
  alpha: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  amsgrad: boolean;
};

/** One step of {@link Adam}; `vHat` is handed through unless `amsgrad` is set. */
export function adamUpdate(
  value: Tensor,
  gradient: Tensor,
  slots: Readonly<Record<AdamSlot, Tensor>>,
  { alpha, beta1, beta2, epsilon, amsgrad }: Hyper,
): Updated<AdamSlot> {
  const m = add(slots.m, mul(sub(gradient, slots.m), 1 - beta1));
  const v = add(slots.v, mul(sub(square(gradient), slots.v), 1 - beta2));
  const vHat = amsgrad ? maximum(slots.vHat, v) : slots.vHat;
  const change = div(mul(m, alpha), add(sqrt(amsgrad ? vHat : v), epsilon));
  return { value: sub(value, change), slots: { m, v, vHat } };
}

/** The options of {@link AdamOptions}, as the base of the tables of its kin. */
export const adamOptions = /* @__PURE__ */ optionTable<AdamOptions, LearningRateOption>(
  'Adam',
  { beta1: 'number', beta2: 'number', epsilon: 'number', amsgrad: 'boolean' },
  { base: learningRateOptions },
);

/**
 * Steps by the running mean of the gradient over the root of the running mean of its square:
 * `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`, `w ← w - α m / (√v + ε)` with
 * `α = η √(1 - β₂ᵗ) / (1 - β₁ᵗ)` at the parameter's own step t, as in PyTorch; Keras counts the optimizer's steps, which
 * moves parameters that are unfrozen late several times too fast. With `amsgrad` the largest v so far takes its place.
 * ε is the paper's ε̂, as in Keras; PyTorch adds ε after the correction of bias and takes 1e-8.
 *
 * Default learning rate 0.001. Kingma and Ba, https://arxiv.org/abs/1412.6980; AMSGrad: Reddi et al.,
 * https://openreview.net/forum?id=ryQu7f-RZ.
 * @throws ValueError for options outside their range.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { Adam } from '@espalier/optimizers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: new Adam({ learningRate: 0.1 }), loss: 'meanSquaredError' });
 * const history = await model.fit(tensor2d([[0], [1]]), tensor2d([[1], [3]]), { epochs: 200 });
 * if (history.history['loss']!.at(-1)! > 0.01) throw new Error('did not learn 2 x + 1');
 * ```
 */
export class Adam extends SlotOptimizer<AdamSlot> {
  readonly className: string = 'Adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
  protected readonly slotNames: readonly AdamSlot[];

  constructor(options: AdamOptions = {}, table: OptionTable<AdamOptions> = adamOptions) {
    super(checkOptions(options, table).learningRate ?? 0.001);
    this.beta1 = checkRange('Adam: beta1', options.beta1 ?? 0.9, 0, 1);
    this.beta2 = checkRange('Adam: beta2', options.beta2 ?? 0.999, 0, 1);
    this.epsilon = checkRange('Adam: epsilon', options.epsilon ?? 1e-7, 0);
    this.amsgrad = options.amsgrad ?? false;
    this.slotNames = this.amsgrad ? ['m', 'v', 'vHat'] : ['m', 'v'];
  }

  override getConfig(): Config {
    const { beta1, beta2, epsilon, amsgrad } = this;
    return { ...super.getConfig(), beta1, beta2, epsilon, amsgrad };
  }

  protected update(value: Tensor, gradient: Tensor, slots: Record<AdamSlot, Tensor>, step: Step): Updated<AdamSlot> {
    return adamUpdate(value, gradient, slots, this.#hyper(step));
  }

  protected override inPlace(step: Omit<Step, 'path'>): InPlaceUpdate {
    return { kernel: 'AdamUpdate', attrs: this.#hyper(step) };
  }

  #hyper({ learningRate, number }: Omit<Step, 'path'>): Hyper {
    const { beta1, beta2, epsilon, amsgrad } = this;
    const alpha = (learningRate * Math.sqrt(1 - beta2 ** number)) / (1 - beta1 ** number);
    return { alpha, beta1, beta2, epsilon, amsgrad };
  }
}
