import {
  type CallContext,
  type Config,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { type ActivationFunction, activatedDtype } from '../activations/activations.js';
import { type ActivationLike, resolveActivation, serializeActivation } from '../activations/resolveActivation.js';

/** What {@link Activation} takes. */
export interface ActivationOptions extends LayerOptions {
  /** A name, or a function that keeps the shape. */
  readonly activation: ActivationLike;
}

const activationOptions = /* @__PURE__ */ optionTable<ActivationOptions, LayerOptions>(
  'Activation',
  { activation: 'string|function!' },
  { base: layerOptions },
);

/**
 * An activation function as a layer of its own; the shape stays. The names are those of {@link activations}. `linear`,
 * `relu` and `relu6` keep int32, and `linear` bool too, as in Keras; the others, and functions of your own, compute in float32.
 *
 * @throws ValueError for an unknown name.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Activation } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = new Activation({ activation: 'relu' }).apply(tensor2d([[-1, 2]]), { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '0,2') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class Activation extends Layer {
  readonly className = 'Activation';
  /** {@inheritDoc ActivationOptions.activation} */
  readonly activation: ActivationLike;
  protected override readonly passesMask = true;
  readonly #activate: ActivationFunction;

  constructor(options: ActivationOptions) {
    super(options, activationOptions);
    this.activation = options.activation;
    this.#activate = resolveActivation(this.activation, 'Activation');
  }

  protected override inputSpec() {
    return {};
  }

  protected override inputDtype(): InputDtype {
    // What keeps integers is found by the dtype itself, in the activation.
    return typeof this.activation === 'function' ? 'float32' : 'numbers';
  }

  override computeOutputDtype(inputDtype: DataType): DataType {
    return activatedDtype(this.activation, inputDtype);
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const y = this.#activate(x);
    // `linear` hands its input back; the caller must be able to dispose the output without losing the input.
    return y === x ? x.clone() : y;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return singleShape(inputShape, this.label());
  }

  override getConfig(): Config {
    return { ...super.getConfig(), activation: serializeActivation(this.activation, this.label()) };
  }
}
