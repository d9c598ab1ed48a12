import {
  type CallContext,
  type Config,
  type Initializer,
  lstm,
  optionTable,
  type Rng,
  type Shape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type ActivationLike, serializeActivation } from '../activations/resolveActivation.js';
import { serialized } from '../options/serialized.js';
import {
  elementwise,
  KernelRecurrent,
  type KernelRecurrentOptions,
  kernelRecurrentOptions,
  unusual,
} from './KernelRecurrent.js';

/** What {@link LSTM} takes. */
export interface LSTMOptions extends KernelRecurrentOptions {
  /** For the gates, element by element. Default `sigmoid`. */
  readonly recurrentActivation?: ActivationLike;
  /** Whether the bias of the forget gate starts at 1 (Jozefowicz et al. 2015). Default true. */
  readonly unitForgetBias?: boolean;
}

const lstmOptions = /* @__PURE__ */ optionTable<LSTMOptions, KernelRecurrentOptions>(
  'LSTM',
  { recurrentActivation: 'string|function', unitForgetBias: 'boolean' },
  { base: kernelRecurrentOptions, later: { useCudnn: '' } },
);

/**
 * Long short-term memory: reads `(batch, time, features)` step by step, with a cell `c` that gates write, keep and show:
 *
 * ```text
 * i, f, o = sigmoid(x · kernel + h · recurrentKernel + bias)      (their parts)
 * g       = tanh(x · kernel + h · recurrentKernel + bias)         (its part)
 * c       = f · c + i · g
 * h       = o · tanh(c)
 * ```
 *
 * Gives the last `h`, `(batch, units)`, or all of them with `returnSequences`, `(batch, time, units)`. Steps that the
 * mask leaves out change neither `c` nor `h`. The state, for `returnState` and as further inputs, is `h` and `c`.
 *
 * Parameters, with Keras's gate order i, f, c, o: `kernel` `[features, 4 · units]`, `recurrentKernel`
 * `[units, 4 · units]`, `bias` `[4 · units]`. With `tanh` and `sigmoid` a backend may run the whole sequence in one
 * kernel; others run as many operations, more slowly.
 * Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
 *
 * @throws ValueError where `units` is not a positive integer, or a name is unknown or not elementwise.
 * @throws ShapeError where the input has not three axes or another number of features than it was built for.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { LSTM } from '@espalier/layers';
 * import { zeros } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new LSTM({ units: 4, returnSequences: true });
 * const y = layer.apply(zeros([2, 5, 3]), { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '2,5,4') throw new Error(`got ${y.shape.join()}`);
 * ```
 */
export class LSTM extends KernelRecurrent {
  readonly className = 'LSTM';
  /** h and c. */
  override readonly stateCount = 2;
  /** {@inheritDoc LSTMOptions.recurrentActivation} */
  readonly recurrentActivation: ActivationLike;
  /** {@inheritDoc LSTMOptions.unitForgetBias} */
  readonly unitForgetBias: boolean;

  constructor(options: LSTMOptions) {
    super(options, lstmOptions);
    this.recurrentActivation = elementwise(options.recurrentActivation ?? 'sigmoid', 'LSTM');
    this.unitForgetBias = options.unitForgetBias ?? true;
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const { biasInitializer, units } = this;
    const initializer = this.unitForgetBias ? forgetGateOpen(biasInitializer, units) : biasInitializer;
    this.addKernels(inputShape, 4, [4 * units], initializer);
  }

  override call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor | Tensor[] {
    const activation = unusual(this.activation, 'tanh', 'LSTM');
    const recurrentActivation = unusual(this.recurrentActivation, 'sigmoid', 'LSTM');
    return this.outputs(lstm({ ...this.sequence(inputs, ctx), activation, recurrentActivation }));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      recurrentActivation: serializeActivation(this.recurrentActivation, this.label()),
      unitForgetBias: this.unitForgetBias,
    };
  }
}

/** The bias of i, candidate and o from the initializer, that of f all 1. */
function forgetGateOpen(initializer: Initializer, units: number): Initializer {
  return {
    ...serialized(initializer),
    getConfig: () => initializer.getConfig(),
    values(_shape: readonly number[], rng: Rng) {
      const bias = initializer.values([4 * units], rng);
      return bias.fill(1, units, 2 * units);
    },
  };
}
