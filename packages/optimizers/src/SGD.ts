import { type Config, checkOptions, optionTable } from '@espalier/core';
import { add, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { checkRange } from './checkRange.js';
import type { InPlaceUpdate } from './inPlace.js';
import {
  type LearningRateOption,
  learningRateOptions,
  SlotOptimizer,
  type Step,
  type Updated,
} from './SlotOptimizer.js';

/** What {@link SGD} takes. */
export interface SGDOptions extends LearningRateOption {
  /** How much of the last step is kept, 0 to below 1. Default 0. */
  readonly momentum?: number;
  /** Whether the gradient counts as if taken after the momentum's step. Default false. */
  readonly nesterov?: boolean;
}

type Hyper = { learningRate: number; momentum: number; nesterov: boolean };

/** `m ← μ m - η g`, `w ← w + m`; with Nesterov's momentum `w ← w + μ m - η g`. */
export function momentumUpdate(value: Tensor, gradient: Tensor, slot: Tensor, hyper: Hyper): Updated<'momentum'> {
  const step = mul(gradient, hyper.learningRate);
  const momentum = sub(mul(slot, hyper.momentum), step);
  const change = hyper.nesterov ? sub(mul(momentum, hyper.momentum), step) : momentum;
  return { value: add(value, change), slots: { momentum } };
}

const sgdOptions = /* @__PURE__ */ optionTable<SGDOptions, LearningRateOption>(
  'SGD',
  { momentum: 'number', nesterov: 'boolean' },
  { base: learningRateOptions },
);

/**
 * Gradient descent: `w ← w - η g`, with momentum `m ← μ m - η g`, `w ← w + m`. The momentum holds steps, rates
 * included, as in Keras; PyTorch's holds gradients, which differs where the rate changes.
 *
 * Default learning rate 0.01. Nesterov's momentum: Sutskever et al., https://proceedings.mlr.press/v28/sutskever13.html.
 * @throws ValueError for options outside their range.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { SGD } from '@espalier/optimizers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: new SGD({ learningRate: 0.1, momentum: 0.9 }), loss: 'meanSquaredError' });
 * const history = await model.fit(tensor2d([[0], [1]]), tensor2d([[1], [3]]), { epochs: 100 });
 * if (history.history['loss']!.at(-1)! > 0.01) throw new Error('did not learn 2 x + 1');
 * ```
 */
export class SGD extends SlotOptimizer<'momentum'> {
  readonly className: string = 'SGD';
  readonly momentum: number;
  readonly nesterov: boolean;
  protected readonly slotNames: readonly 'momentum'[];

  constructor(options: SGDOptions = {}) {
    super(checkOptions(options, sgdOptions).learningRate ?? 0.01);
    this.momentum = checkRange('SGD: momentum', options.momentum ?? 0, 0, 1);
    this.nesterov = options.nesterov ?? false;
    this.slotNames = this.momentum > 0 ? ['momentum'] : [];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), momentum: this.momentum, nesterov: this.nesterov };
  }

  protected update(
    value: Tensor,
    gradient: Tensor,
    slots: Record<'momentum', Tensor>,
    { learningRate }: Step,
  ): Updated<'momentum'> {
    const { momentum, nesterov } = this;
    if (momentum > 0) return momentumUpdate(value, gradient, slots.momentum, { learningRate, momentum, nesterov });
    return { value: sub(value, mul(gradient, learningRate)), slots };
  }

  protected override inPlace({ learningRate }: Omit<Step, 'path'>): InPlaceUpdate {
    const { momentum, nesterov } = this;
    return { kernel: 'SgdUpdate', attrs: { learningRate, momentum, nesterov } };
  }
}
