import {
  type CallContext,
  type Config,
  type InputDtype,
  type InputSpec,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import { mean, type Tensor } from '@tensorflow/tfjs-core';

/** What {@link GlobalAveragePooling2D} takes. */
export interface GlobalAveragePooling2DOptions extends LayerOptions {
  /** Whether height and width stay as axes of size 1. Default false. */
  readonly keepdims?: boolean;
}

const globalAveragePooling2DOptions = /* @__PURE__ */ optionTable<GlobalAveragePooling2DOptions, LayerOptions>(
  'GlobalAveragePooling2D',
  { keepdims: 'boolean' },
  {
    base: layerOptions,
    later: { dataFormat: 'channels come last, always', keepDims: 'it is called keepdims' },
    first: 'keepdims',
  },
);

/**
 * The mean of each channel over the whole image: `(batch, height, width, channels)` becomes `(batch, channels)`.
 *
 * @throws ShapeError where the input has not four axes, or an image has no pixels.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { GlobalAveragePooling2D } from '@espalier/layers';
 * import { tensor4d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const x = tensor4d([1, 10, 3, 30], [1, 2, 1, 2]);
 * const y = new GlobalAveragePooling2D().apply(x, { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '2,20') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class GlobalAveragePooling2D extends Layer {
  readonly className = 'GlobalAveragePooling2D';
  /** {@inheritDoc GlobalAveragePooling2DOptions.keepdims} */
  readonly keepdims: boolean;

  constructor(options: GlobalAveragePooling2DOptions = {}) {
    super(options, globalAveragePooling2DOptions);
    this.keepdims = options.keepdims ?? false;
  }

  protected override inputSpec(): InputSpec {
    return { rank: 4, least: { 1: 1, 2: 1 } };
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    return mean(x, [1, 2], this.keepdims);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, , , channels = null] = singleShape(inputShape, this.label());
    return this.keepdims ? [batch, 1, 1, channels] : [batch, channels];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), keepdims: this.keepdims };
  }
}
