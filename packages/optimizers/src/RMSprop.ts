import { type Config, checkOptions, optionTable } from '@espalier/core';
import { add, div, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { checkRange } from './checkRange.js';
import type { InPlaceUpdate } from './inPlace.js';
import {
  type LearningRateOption,
  learningRateOptions,
  SlotOptimizer,
  type Step,
  type Updated,
} from './SlotOptimizer.js';

/** What {@link RMSprop} takes. */
export interface RMSpropOptions extends LearningRateOption {
  /** How much of the mean square is kept in a step, 0 to below 1. Default 0.9. */
  readonly rho?: number;
  /** How much of the last step is kept, 0 to below 1. Default 0. */
  readonly momentum?: number;
  /** Added to the mean square, under the root. Default 1e-7. */
  readonly epsilon?: number;
  /** Whether the variance is used in place of the mean square. Default false. */
  readonly centered?: boolean;
}

type Slot = 'velocity' | 'momentum' | 'averageGradient';
type Hyper = { learningRate: number; rho: number; momentum: number; epsilon: number; centered: boolean };

/** One step of {@link RMSprop}; slots that the options do not call for are handed through. */
export function rmspropUpdate(
  value: Tensor,
  gradient: Tensor,
  slots: Readonly<Record<Slot, Tensor>>,
  { learningRate, rho, momentum, epsilon, centered }: Hyper,
): Updated<Slot> {
  const decay = (slot: Tensor, news: Tensor) => add(mul(slot, rho), mul(news, 1 - rho));
  const velocity = decay(slots.velocity, square(gradient));
  const averageGradient = centered ? decay(slots.averageGradient, gradient) : slots.averageGradient;
  const variance = centered ? sub(velocity, square(averageGradient)) : velocity;
  const step = div(mul(gradient, learningRate), sqrt(add(variance, epsilon)));
  const change = momentum > 0 ? add(mul(slots.momentum, momentum), step) : step;
  const next = { velocity, averageGradient, momentum: momentum > 0 ? change : slots.momentum };
  return { value: sub(value, change), slots: next };
}

const rmspropOptions = /* @__PURE__ */ optionTable<RMSpropOptions, LearningRateOption>(
  'RMSprop',
  { rho: 'number', momentum: 'number', epsilon: 'number', centered: 'boolean' },
  { base: learningRateOptions },
);

/**
 * Divides the gradient by the root of a running mean of its square:
 * `v ← ρ v + (1 - ρ) g²`, `s = η g / √(v + ε)`, `w ← w - s`.
 * With `centered`, `a ← ρ a + (1 - ρ) g` and `v - a²` stands under the root; with momentum `m ← μ m + s`, `w ← w - m`.
 * ε stands under the root as in Keras; PyTorch adds it to the root.
 *
 * Default learning rate 0.001. Hinton's lecture: https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf.
 * @throws ValueError for options outside their range.
 *
 * @example
 * ```ts
 * import { RMSprop } from '@espalier/optimizers';
 *
 * const optimizer = new RMSprop({ rho: 0.95 });
 * if (optimizer.learningRate !== 0.001) throw new Error('not the default rate');
 * ```
 */
export class RMSprop extends SlotOptimizer<Slot> {
  readonly className: string = 'RMSprop';
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
  protected readonly slotNames: readonly Slot[];

  constructor(options: RMSpropOptions = {}) {
    super(checkOptions(options, rmspropOptions).learningRate ?? 0.001);
    this.rho = checkRange('RMSprop: rho', options.rho ?? 0.9, 0, 1);
    this.momentum = checkRange('RMSprop: momentum', options.momentum ?? 0, 0, 1);
    this.epsilon = checkRange('RMSprop: epsilon', options.epsilon ?? 1e-7, 0);
    this.centered = options.centered ?? false;
    this.slotNames = [
      'velocity',
      ...(this.momentum > 0 ? (['momentum'] as const) : []),
      ...(this.centered ? (['averageGradient'] as const) : []),
    ];
  }

  override getConfig(): Config {
    const { rho, momentum, epsilon, centered } = this;
    return { ...super.getConfig(), rho, momentum, epsilon, centered };
  }

  protected update(value: Tensor, gradient: Tensor, slots: Record<Slot, Tensor>, step: Step): Updated<Slot> {
    const { rho, momentum, epsilon, centered } = this;
    const { learningRate } = step;
    return rmspropUpdate(value, gradient, slots, { learningRate, rho, momentum, epsilon, centered });
  }

  protected override inPlace({ learningRate }: Omit<Step, 'path'>): InPlaceUpdate {
    const { rho, momentum, epsilon, centered } = this;
    return { kernel: 'RMSpropUpdate', attrs: { learningRate, rho, momentum, epsilon, centered } };
  }
}
