import {
  type CallContext,
  type Config,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ActivationFunction } from '../activations/activations.js';
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
 * An activation function as a layer of its own; the shape stays. The names are those of {@link activations}.
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
