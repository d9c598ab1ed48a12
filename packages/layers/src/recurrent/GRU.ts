import { type CallContext, type Config, gru, optionTable, type Shape } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type ActivationLike, serializeActivation } from '../activations/resolveActivation.js';
import {
  elementwise,
  KernelRecurrent,
  type KernelRecurrentOptions,
  kernelRecurrentOptions,
  unusual,
} from './KernelRecurrent.js';

/** What {@link GRU} takes. */
export interface GRUOptions extends KernelRecurrentOptions {
  /** For the gates, element by element. Default `sigmoid`. */
  readonly recurrentActivation?: ActivationLike;
  /**
   * Whether the reset gate acts after the product with the recurrent kernel, as in cuDNN and PyTorch, rather than before
   * it, as in the paper. Default true.
   */
  readonly resetAfter?: boolean;
}

const gruOptions = /* @__PURE__ */ optionTable<GRUOptions, KernelRecurrentOptions>(
  'GRU',
  { recurrentActivation: 'string|function', resetAfter: 'boolean' },
  { base: kernelRecurrentOptions, later: { useCudnn: '' } },
);

/**
 * Gated recurrent units: reads `(batch, time, features)` step by step, with gates that keep the state (z) and forget it
 * for the candidate (r):
 *
 * ```text
 * z, r = sigmoid(x · kernel + bias + h · recurrentKernel + recurrentBias)          (their parts)
 * g    = tanh(x · kernel + bias + r · (h · recurrentKernel + recurrentBias))       with resetAfter
 * g    = tanh(x · kernel + bias + (r · h) · recurrentKernel)                       without
 * h    = z · h + (1 - z) · g
 * ```
 *
 * Gives the last `h`, `(batch, units)`, or all of them with `returnSequences`, `(batch, time, units)`. Steps that the
 * mask leaves out do not change `h`, which is also the state, for `returnState` and as a further input.
 *
 * Parameters, with Keras's gate order z, r, h: `kernel` `[features, 3 · units]`, `recurrentKernel` `[units, 3 · units]`,
 * `bias` `[2, 3 · units]` (that of the input, then the recurrent one), or `[3 · units]` without `resetAfter`.
 * Source: Cho et al. 2014, arXiv:1406.1078.
 *
 * @throws ValueError where `units` is not a positive integer, or a name is unknown or not elementwise.
 * @throws ShapeError where the input has not three axes or another number of features than it was built for.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { GRU } from '@espalier/layers';
 * import { zeros } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new GRU({ units: 4 });
 * const y = layer.apply(zeros([2, 5, 3]), { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '2,4') throw new Error(`got ${y.shape.join()}`);
 * ```
 */
export class GRU extends KernelRecurrent {
  readonly className = 'GRU';
  /** {@inheritDoc GRUOptions.recurrentActivation} */
  readonly recurrentActivation: ActivationLike;
  /** {@inheritDoc GRUOptions.resetAfter} */
  readonly resetAfter: boolean;

  constructor(options: GRUOptions) {
    super(options, gruOptions);
    this.recurrentActivation = elementwise(options.recurrentActivation ?? 'sigmoid', 'GRU');
    this.resetAfter = options.resetAfter ?? true;
  }

  protected override build(inputShape: Shape | Shape[]): void {
    this.addKernels(inputShape, 3, this.resetAfter ? [2, 3 * this.units] : [3 * this.units]);
  }

  override call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor | Tensor[] {
    const activation = unusual(this.activation, 'tanh', 'GRU');
    const recurrentActivation = unusual(this.recurrentActivation, 'sigmoid', 'GRU');
    const { resetAfter } = this;
    return this.outputs(gru({ ...this.sequence(inputs, ctx), activation, recurrentActivation, resetAfter }));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      recurrentActivation: serializeActivation(this.recurrentActivation, this.label()),
      resetAfter: this.resetAfter,
    };
  }
}
