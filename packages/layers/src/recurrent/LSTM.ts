import {
  type CallContext,
  type Config,
  type Initializer,
  type InputSpec,
  type Parameter,
  type Regularizer,
  type Rng,
  type Shape,
  singleShape,
  ValueError,
} from '@espalier/core';
import {
  add,
  cast,
  concat,
  expandDims,
  matMul,
  reshape,
  reverse,
  split,
  stack,
  type Tensor,
  type Tensor2D,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import { type ActivationLike, resolveActivation, serializeActivation } from '../activations/resolveActivation.js';
import { type InitializerLike, resolveInitializer } from '../initializers/resolveInitializer.js';
import { knownAxis } from '../options/checks.js';
import { compact } from '../options/compact.js';
import { serialized } from '../options/serialized.js';
import { type RegularizerLike, resolveRegularizer } from '../regularizers/resolveRegularizer.js';
import { lstmSteps } from './lstmSteps.js';
import { lstmTraining } from './lstmTraining.js';
import { Recurrent, type RecurrentOptions } from './Recurrent.js';

/** What {@link LSTM} takes. */
export interface LSTMOptions extends RecurrentOptions {
  /** For the candidate and the output, element by element. Default `tanh`. */
  readonly activation?: ActivationLike;
  /** For the gates, element by element. Default `sigmoid`. */
  readonly recurrentActivation?: ActivationLike;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `orthogonal`. */
  readonly recurrentInitializer?: InitializerLike;
  /** Default `zeros`. */
  readonly biasInitializer?: InitializerLike;
  /** Whether the bias of the forget gate starts at 1 (Jozefowicz et al. 2015). Default true. */
  readonly unitForgetBias?: boolean;
  /** Default none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default none. */
  readonly recurrentRegularizer?: RegularizerLike;
  /** Default none. */
  readonly biasRegularizer?: RegularizerLike;
}

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
 * mask leaves out change neither `c` nor `h`.
 *
 * Parameters, with Keras's gate order i, f, c, o: `kernel` `[features, 4 · units]`, `recurrentKernel`
 * `[units, 4 · units]`, `bias` `[4 · units]`.
 * Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
 *
 * @throws ValueError where `units` is not a positive integer, or a name is unknown or not elementwise.
 * @throws ShapeError where the input has not three axes or another number of features than it was built for.
 *
 * @example
 * ```ts
 * import { Rng, useBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { LSTM } from '@espalier/layers';
 * import { zeros } from '@tensorflow/tfjs-core';
 *
 * await useBackend(cpu());
 * const layer = new LSTM({ units: 4, returnSequences: true });
 * const y = layer.apply(zeros([2, 5, 3]), { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '2,5,4') throw new Error(`got ${y.shape.join()}`);
 * ```
 */
export class LSTM extends Recurrent {
  readonly className = 'LSTM';
  /** {@inheritDoc LSTMOptions.activation} */
  readonly activation: ActivationLike;
  /** {@inheritDoc LSTMOptions.recurrentActivation} */
  readonly recurrentActivation: ActivationLike;
  /** {@inheritDoc LSTMOptions.useBias} */
  readonly useBias: boolean;
  /** {@inheritDoc LSTMOptions.kernelInitializer} */
  readonly kernelInitializer: Initializer;
  /** {@inheritDoc LSTMOptions.recurrentInitializer} */
  readonly recurrentInitializer: Initializer;
  /** {@inheritDoc LSTMOptions.biasInitializer} */
  readonly biasInitializer: Initializer;
  /** {@inheritDoc LSTMOptions.unitForgetBias} */
  readonly unitForgetBias: boolean;
  /** {@inheritDoc LSTMOptions.kernelRegularizer} */
  readonly kernelRegularizer: Regularizer | undefined;
  /** {@inheritDoc LSTMOptions.recurrentRegularizer} */
  readonly recurrentRegularizer: Regularizer | undefined;
  /** {@inheritDoc LSTMOptions.biasRegularizer} */
  readonly biasRegularizer: Regularizer | undefined;
  /** `[features, 4 · units]`, for i, f, c, o; there once the layer is built. */
  kernel!: Parameter;
  /** `[units, 4 · units]`, for i, f, c, o. */
  recurrentKernel!: Parameter;
  /** `[4 · units]`, for i, f, c, o; absent without `useBias`. */
  bias: Parameter | undefined;

  constructor(options: LSTMOptions) {
    super(options, 'LSTM');
    this.activation = elementwise(options.activation ?? 'tanh');
    this.recurrentActivation = elementwise(options.recurrentActivation ?? 'sigmoid');
    this.useBias = options.useBias ?? true;
    this.kernelInitializer = resolveInitializer(options.kernelInitializer ?? 'glorotUniform', 'LSTM');
    this.recurrentInitializer = resolveInitializer(options.recurrentInitializer ?? 'orthogonal', 'LSTM');
    this.biasInitializer = resolveInitializer(options.biasInitializer ?? 'zeros', 'LSTM');
    this.unitForgetBias = options.unitForgetBias ?? true;
    this.kernelRegularizer = resolveRegularizer(options.kernelRegularizer, 'LSTM');
    this.recurrentRegularizer = resolveRegularizer(options.recurrentRegularizer, 'LSTM');
    this.biasRegularizer = resolveRegularizer(options.biasRegularizer, 'LSTM');
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { rank: 3, axes: { [-1]: this.kernel.shape[0]! } } : { rank: 3 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const features = knownAxis(singleShape(inputShape, this.label()), -1, this.label());
    this.kernel = this.addWeight({
      shape: [features, 4 * this.units],
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
    });
    this.recurrentKernel = this.addWeight({
      shape: [this.units, 4 * this.units],
      initializer: this.recurrentInitializer,
      regularizer: this.recurrentRegularizer,
    });
    if (!this.useBias) return;
    this.bias = this.addWeight({
      shape: [4 * this.units],
      initializer: this.unitForgetBias ? forgetGateOpen(this.biasInitializer, this.units) : this.biasInitializer,
      regularizer: this.biasRegularizer,
    });
  }

  override call(x: Tensor, ctx: CallContext): Tensor {
    const recurrentKernel = candidateLast(this.recurrentKernel.value as Tensor) as Tensor2D;
    const projected = this.project(x);
    const mask = ctx.mask && this.ordered(expandDims(cast(ctx.mask, 'float32'), -1));
    const { returnSequences } = this;
    const written = this.activation === 'tanh' && this.recurrentActivation === 'sigmoid';
    if (ctx.training && written) {
      const y = lstmTraining({ projected, recurrentKernel, mask, returnSequences });
      return returnSequences ? transpose(y, [1, 0, 2]) : y;
    }
    const { hidden } = lstmSteps({
      projected: unstack(projected),
      recurrentKernel,
      mask: mask && unstack(mask),
      activation: resolveActivation(this.activation, 'LSTM'),
      recurrentActivation: resolveActivation(this.recurrentActivation, 'LSTM'),
    });
    return returnSequences ? stack(hidden.slice(1), 1) : hidden.at(-1)!;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      activation: serializeActivation(this.activation, this.label()),
      recurrentActivation: serializeActivation(this.recurrentActivation, this.label()),
      useBias: this.useBias,
      kernelInitializer: serialized(this.kernelInitializer),
      recurrentInitializer: serialized(this.recurrentInitializer),
      biasInitializer: serialized(this.biasInitializer),
      unitForgetBias: this.unitForgetBias,
      ...compact({
        kernelRegularizer: this.kernelRegularizer && serialized(this.kernelRegularizer),
        recurrentRegularizer: this.recurrentRegularizer && serialized(this.recurrentRegularizer),
        biasRegularizer: this.biasRegularizer && serialized(this.biasRegularizer),
      }),
    };
  }

  /** `x · kernel + bias` of all steps in one product: `[time, batch, 4 · units]`, in the order of reading. */
  private project(x: Tensor): Tensor {
    const [batch = 0, time = 0, features = 0] = x.shape;
    // Time first, so that each step is one piece of memory; cheaper here than after the product, which is wider.
    const ordered = reshape(this.ordered(x), [time * batch, features]) as Tensor2D;
    const product = matMul(ordered, candidateLast(this.kernel.value as Tensor) as Tensor2D);
    const biased = this.bias === undefined ? product : add(product, candidateLast(this.bias.value as Tensor));
    return reshape(biased, [time, batch, 4 * this.units]);
  }

  /** `[batch, time, …]` as `[time, batch, …]`, the step that is read first in front. */
  private ordered(x: Tensor): Tensor {
    const byTime = transpose(x, [1, 0, 2]);
    return this.goBackwards ? reverse(byTime, 0) : byTime;
  }
}

/** Keras keeps i, f, candidate, o; with the candidate last, one kernel computes all three gates. */
function candidateLast(weights: Tensor): Tensor {
  const [i, f, candidate, o] = split(weights, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  return concat([i, f, o, candidate], -1);
}

function elementwise(activation: ActivationLike): ActivationLike {
  resolveActivation(activation, 'LSTM');
  if (activation !== 'softmax' && activation !== 'logSoftmax') return activation;
  throw new ValueError({
    where: 'LSTM',
    problem: `'${activation}' does not work element by element, as a gate must`,
    mend: "use 'sigmoid' or 'tanh'",
  });
}

/** The bias of i, candidate and o from the initializer, that of f all 1. */
function forgetGateOpen(initializer: Initializer, units: number): Initializer {
  return {
    ...serialized(initializer),
    getConfig: () => initializer.getConfig(),
    values(_shape: readonly number[], rng: Rng): Float32Array {
      const bias = initializer.values([4 * units], rng);
      return bias.fill(1, units, 2 * units);
    },
  };
}
