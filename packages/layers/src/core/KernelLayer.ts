import {
  type BiasActivation,
  type Config,
  type FusedActivation,
  type Initializer,
  Layer,
  type LayerOptions,
  layerOptions,
  type OptionTable,
  optionTable,
  type Parameter,
  type Regularizer,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ActivationFunction } from '../activations/activations.js';
import { fusedActivation } from '../activations/fusedActivation.js';
import { type ActivationLike, resolveActivation, serializeActivation } from '../activations/resolveActivation.js';
import { type InitializerLike, resolveInitializer } from '../initializers/resolveInitializer.js';
import { compact } from '../options/compact.js';
import { serialized } from '../options/serialized.js';
import { type RegularizerLike, resolveRegularizer } from '../regularizers/resolveRegularizer.js';

/** The options of layers that multiply by a kernel, add a bias and apply an activation. */
export interface KernelLayerOptions extends LayerOptions {
  /** Default `linear`. */
  readonly activation?: ActivationLike;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `zeros`. */
  readonly biasInitializer?: InitializerLike;
  /** Default none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default none. */
  readonly biasRegularizer?: RegularizerLike;
}

/** The options of {@link KernelLayerOptions}, as the base of the tables of such layers. */
export const kernelLayerOptions = /* @__PURE__ */ optionTable<KernelLayerOptions, LayerOptions>(
  'KernelLayer',
  {
    activation: 'string|function',
    useBias: 'boolean',
    kernelInitializer: 'string|object',
    biasInitializer: 'string|object',
    kernelRegularizer: 'string|object|null',
    biasRegularizer: 'string|object|null',
  },
  { base: layerOptions, later: { kernelConstraint: '', biasConstraint: '' } },
);

/** What layers with a kernel, a bias and an activation have in common; they differ in the product. */
export abstract class KernelLayer extends Layer {
  /** {@inheritDoc KernelLayerOptions.activation} */
  readonly activation: ActivationLike;
  /** {@inheritDoc KernelLayerOptions.useBias} */
  readonly useBias: boolean;
  /** {@inheritDoc KernelLayerOptions.kernelInitializer} */
  readonly kernelInitializer: Initializer;
  /** {@inheritDoc KernelLayerOptions.biasInitializer} */
  readonly biasInitializer: Initializer;
  /** {@inheritDoc KernelLayerOptions.kernelRegularizer} */
  readonly kernelRegularizer: Regularizer | undefined;
  /** {@inheritDoc KernelLayerOptions.biasRegularizer} */
  readonly biasRegularizer: Regularizer | undefined;
  /** What the input is multiplied by; there once the layer is built. */
  kernel!: Parameter;
  /** What is added to the product; absent without `useBias`. */
  bias: Parameter | undefined;
  readonly #activate: ActivationFunction;
  readonly #fused: FusedActivation | undefined;

  constructor(options: KernelLayerOptions, table: OptionTable) {
    super(options, table);
    const where = table.owner;
    this.activation = options.activation ?? 'linear';
    this.#activate = resolveActivation(this.activation, where);
    this.#fused = fusedActivation(this.#activate);
    this.useBias = options.useBias ?? true;
    this.kernelInitializer = resolveInitializer(options.kernelInitializer ?? 'glorotUniform', where);
    this.biasInitializer = resolveInitializer(options.biasInitializer ?? 'zeros', where);
    this.kernelRegularizer = resolveRegularizer(options.kernelRegularizer, where);
    this.biasRegularizer = resolveRegularizer(options.biasRegularizer, where);
  }

  /** Declares a kernel of this shape and a bias of `biasSize` numbers; default: one for each index of its last axis. */
  protected addKernel(shape: readonly number[], biasSize: number = shape.at(-1)!): void {
    this.kernel = this.addWeight({
      shape,
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
    });
    if (!this.useBias) return;
    this.bias = this.addWeight({
      shape: [biasSize],
      initializer: this.biasInitializer,
      regularizer: this.biasRegularizer,
    });
  }

  /** What the product does as it writes its result: it adds the bias and applies the activation, if it knows it. */
  protected get epilogue(): BiasActivation {
    return { bias: this.bias?.value, activation: this.#fused ?? 'linear' };
  }

  /** Applies the activation where {@link epilogue} does not. */
  protected finish(product: Tensor): Tensor {
    return this.#fused === undefined ? this.#activate(product) : product;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      activation: serializeActivation(this.activation, this.label()),
      useBias: this.useBias,
      kernelInitializer: serialized(this.kernelInitializer),
      biasInitializer: serialized(this.biasInitializer),
      ...compact({
        kernelRegularizer: this.kernelRegularizer && serialized(this.kernelRegularizer),
        biasRegularizer: this.biasRegularizer && serialized(this.biasRegularizer),
      }),
    };
  }
}
