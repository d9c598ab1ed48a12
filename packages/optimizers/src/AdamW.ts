import { type Config, optionTable } from '@espalier/core';
import { mul, type Tensor } from '@tensorflow/tfjs-core';
import { Adam, type AdamOptions, type AdamSlot, adamOptions } from './Adam.js';
import type { InPlaceUpdate } from './inPlace.js';
import type { Step, Updated } from './SlotOptimizer.js';
import { WeightDecay, type WeightDecayOptions, weightDecayKinds } from './weightDecay.js';

/** What {@link AdamW} takes; `weightDecay` is 0.004 by default. */
export interface AdamWOptions extends AdamOptions, WeightDecayOptions {}

const adamWOptions = /* @__PURE__ */ optionTable<AdamWOptions, AdamOptions>('AdamW', weightDecayKinds, {
  base: adamOptions,
});

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
  readonly #decay: WeightDecay;

  constructor(options: AdamWOptions = {}) {
    super(options, adamWOptions);
    this.#decay = new WeightDecay('AdamW', options.weightDecay ?? 0.004, options.excludeFromWeightDecay);
    this.weightDecay = this.#decay.rate;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...this.#decay.getConfig() };
  }

  protected override update(
    value: Tensor,
    gradient: Tensor,
    slots: Record<AdamSlot, Tensor>,
    step: Step,
  ): Updated<AdamSlot> {
    const factor = this.#decay.factor(step.path, step.learningRate);
    return super.update(factor === 1 ? value : mul(value, factor), gradient, slots, step);
  }

  protected override inPlace(step: Omit<Step, 'path'>): InPlaceUpdate {
    return { ...super.inPlace(step), factor: (path) => this.#decay.factor(path, step.learningRate) };
  }
}
