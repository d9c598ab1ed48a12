import {
  type CallContext,
  type Config,
  type Initializer,
  type InputSpec,
  type OptionTable,
  optionTable,
  type Parameter,
  type Regularizer,
  type SequenceOptions,
  type Shape,
  singleShape,
  ValueError,
} from '@espalier/core';
import { cast, type Tensor } from '@tensorflow/tfjs-core';
import { type ActivationLike, resolveActivation, serializeActivation } from '../activations/resolveActivation.js';
import { type InitializerLike, resolveInitializer } from '../initializers/resolveInitializer.js';
import { knownAxis } from '../options/checks.js';
import { compact } from '../options/compact.js';
import { serialized } from '../options/serialized.js';
import { type RegularizerLike, resolveRegularizer } from '../regularizers/resolveRegularizer.js';
import { Recurrent, type RecurrentOptions, recurrentOptions } from './Recurrent.js';

/** The options of recurrent layers that multiply input and state by kernels. */
export interface KernelRecurrentOptions extends RecurrentOptions {
  /** Of the new state, element by element. Default `tanh`. */
  readonly activation?: ActivationLike;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `orthogonal`. */
  readonly recurrentInitializer?: InitializerLike;
  /** Default `zeros`. */
  readonly biasInitializer?: InitializerLike;
  /** Default none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default none. */
  readonly recurrentRegularizer?: RegularizerLike;
  /** Default none. */
  readonly biasRegularizer?: RegularizerLike;
}

/** The options of {@link KernelRecurrentOptions}, as the base of tables. */
export const kernelRecurrentOptions = /* @__PURE__ */ optionTable<KernelRecurrentOptions, RecurrentOptions>(
  'KernelRecurrent',
  {
    activation: 'string|function',
    useBias: 'boolean',
    kernelInitializer: 'string|object',
    recurrentInitializer: 'string|object',
    biasInitializer: 'string|object',
    kernelRegularizer: 'string|object|null',
    recurrentRegularizer: 'string|object|null',
    biasRegularizer: 'string|object|null',
  },
  {
    base: recurrentOptions,
    later: {
      dropout: 'put a Dropout before the layer',
      recurrentDropout: '',
      seed: 'the seed of the model decides',
      kernelConstraint: '',
      recurrentConstraint: '',
      biasConstraint: '',
    },
  },
);

/** What LSTM, GRU and SimpleRNN have in common; they differ in the number of gates and in the step. */
export abstract class KernelRecurrent extends Recurrent {
  /** {@inheritDoc KernelRecurrentOptions.activation} */
  readonly activation: ActivationLike;
  /** {@inheritDoc KernelRecurrentOptions.useBias} */
  readonly useBias: boolean;
  /** {@inheritDoc KernelRecurrentOptions.kernelInitializer} */
  readonly kernelInitializer: Initializer;
  /** {@inheritDoc KernelRecurrentOptions.recurrentInitializer} */
  readonly recurrentInitializer: Initializer;
  /** {@inheritDoc KernelRecurrentOptions.biasInitializer} */
  readonly biasInitializer: Initializer;
  /** {@inheritDoc KernelRecurrentOptions.kernelRegularizer} */
  readonly kernelRegularizer: Regularizer | undefined;
  /** {@inheritDoc KernelRecurrentOptions.recurrentRegularizer} */
  readonly recurrentRegularizer: Regularizer | undefined;
  /** {@inheritDoc KernelRecurrentOptions.biasRegularizer} */
  readonly biasRegularizer: Regularizer | undefined;
  /** `[features, gates · units]`; there once the layer is built. */
  kernel!: Parameter;
  /** `[units, gates · units]`; there once the layer is built. */
  recurrentKernel!: Parameter;
  /** `[gates · units]`; absent without `useBias`. */
  bias: Parameter | undefined;

  constructor(options: KernelRecurrentOptions, table: OptionTable) {
    super(options, table);
    const where = table.owner;
    this.activation = elementwise(options.activation ?? 'tanh', where);
    this.useBias = options.useBias ?? true;
    this.kernelInitializer = resolveInitializer(options.kernelInitializer ?? 'glorotUniform', where);
    this.recurrentInitializer = resolveInitializer(options.recurrentInitializer ?? 'orthogonal', where);
    this.biasInitializer = resolveInitializer(options.biasInitializer ?? 'zeros', where);
    this.kernelRegularizer = resolveRegularizer(options.kernelRegularizer, where);
    this.recurrentRegularizer = resolveRegularizer(options.recurrentRegularizer, where);
    this.biasRegularizer = resolveRegularizer(options.biasRegularizer, where);
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { ...super.inputSpec(), axes: { [-1]: this.kernel.shape[0]! } } : super.inputSpec();
  }

  /** Declares the kernels for `gates` gates, and a bias of `biasShape`. */
  protected addKernels(
    inputShape: Shape | Shape[],
    gates: number,
    biasShape: readonly number[] = [gates * this.units],
    biasInitializer = this.biasInitializer,
  ): void {
    const features = knownAxis(singleShape(inputShape, this.label()), -1, this.label());
    this.kernel = this.addWeight({
      shape: [features, gates * this.units],
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
    });
    this.recurrentKernel = this.addWeight({
      shape: [this.units, gates * this.units],
      initializer: this.recurrentInitializer,
      regularizer: this.recurrentRegularizer,
    });
    if (!this.useBias) return;
    this.bias = this.addWeight({
      shape: biasShape,
      initializer: biasInitializer,
      regularizer: this.biasRegularizer,
    });
  }

  /** What the recurrent operations of core take, from the inputs of `call`. */
  protected sequence(inputs: Tensor | Tensor[], ctx: CallContext): SequenceOptions {
    const [x, ...initialState] = Array.isArray(inputs) ? inputs : [inputs];
    return {
      x: x!,
      kernel: this.kernel.value as Tensor,
      recurrentKernel: this.recurrentKernel.value as Tensor,
      bias: this.bias?.value as Tensor | undefined,
      mask: ctx.mask && (ctx.mask.dtype === 'bool' ? ctx.mask : cast(ctx.mask, 'bool')),
      initialState: initialState.length > 0 ? initialState : undefined,
      goBackwards: this.goBackwards,
      returnSequences: this.returnSequences,
      returnState: this.returnState,
    };
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      activation: serializeActivation(this.activation, this.label()),
      useBias: this.useBias,
      kernelInitializer: serialized(this.kernelInitializer),
      recurrentInitializer: serialized(this.recurrentInitializer),
      biasInitializer: serialized(this.biasInitializer),
      ...compact({
        kernelRegularizer: this.kernelRegularizer && serialized(this.kernelRegularizer),
        recurrentRegularizer: this.recurrentRegularizer && serialized(this.recurrentRegularizer),
        biasRegularizer: this.biasRegularizer && serialized(this.biasRegularizer),
      }),
    };
  }
}

/** @throws ValueError for an activation that mixes units, which a gate must not. */
export function elementwise(activation: ActivationLike, where: string): ActivationLike {
  resolveActivation(activation, where);
  if (activation !== 'softmax' && activation !== 'logSoftmax') return activation;
  throw new ValueError({
    where,
    problem: `'${activation}' does not work element by element, as a gate must`,
    mend: "use 'sigmoid' or 'tanh'",
  });
}

/** The function to hand to a recurrent operation; none where it is the usual one, for which there are kernels. */
export function unusual(activation: ActivationLike, usual: ActivationLike, where: string) {
  return activation === usual ? undefined : resolveActivation(activation, where);
}
