import { type CallContext, optionTable, type Shape, simpleRnn } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { resolveActivation } from '../activations/resolveActivation.js';
import { KernelRecurrent, type KernelRecurrentOptions, kernelRecurrentOptions } from './KernelRecurrent.js';

/** What {@link SimpleRNN} takes. */
export type SimpleRNNOptions = KernelRecurrentOptions;

const simpleRNNOptions = /* @__PURE__ */ optionTable<SimpleRNNOptions, KernelRecurrentOptions>(
  'SimpleRNN',
  {},
  { base: kernelRecurrentOptions },
);

/**
 * A plain recurrent network: reads `(batch, time, features)` step by step,
 *
 * ```text
 * h = activation(x · kernel + h · recurrentKernel + bias)
 * ```
 *
 * Gives the last `h`, `(batch, units)`, or all of them with `returnSequences`, `(batch, time, units)`. Steps that the
 * mask leaves out do not change `h`, which is also the state, for `returnState` and as a further input.
 *
 * Parameters: `kernel` `[features, units]`, `recurrentKernel` `[units, units]`, `bias` `[units]`.
 * Source: Elman 1990.
 *
 * @throws ValueError where `units` is not a positive integer, or a name is unknown or not elementwise.
 * @throws ShapeError where the input has not three axes or another number of features than it was built for.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { SimpleRNN } from '@espalier/layers';
 * import { zeros } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new SimpleRNN({ units: 4, returnState: true });
 * const outputs = layer.run(zeros([2, 5, 3]), { training: false, rng: new Rng(0) });
 * if (!Array.isArray(outputs) || outputs[1]?.shape.join() !== '2,4') throw new Error('no state');
 * ```
 */
export class SimpleRNN extends KernelRecurrent {
  readonly className = 'SimpleRNN';

  constructor(options: SimpleRNNOptions) {
    super(options, simpleRNNOptions);
  }

  protected override build(inputShape: Shape | Shape[]): void {
    this.addKernels(inputShape, 1);
  }

  override call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor | Tensor[] {
    const { activation } = this;
    const fused = activation === 'tanh' || activation === 'relu';
    return this.outputs(
      simpleRnn({
        ...this.sequence(inputs, ctx),
        activation: fused ? activation : resolveActivation(activation, 'SimpleRNN'),
      }),
    );
  }
}
