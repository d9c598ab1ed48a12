import {
  type CallContext,
  type Config,
  checkOptions,
  depthwiseConvolution2d,
  type InputDtype,
  type InputSpec,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { KernelLayer, type KernelLayerOptions } from '../core/KernelLayer.js';
import type { InitializerLike } from '../initializers/resolveInitializer.js';
import { knownAxis, positiveInteger } from '../options/checks.js';
import { compact } from '../options/compact.js';
import type { RegularizerLike } from '../regularizers/resolveRegularizer.js';
import {
  type ConvolutionWindowOptions,
  convolutionOptions,
  convolutionWindow,
  convolvedSize,
} from './convolutionWindow.js';
import type { Padding } from './window.js';

/** What {@link DepthwiseConv2D} takes. */
export interface DepthwiseConv2DOptions
  extends Omit<KernelLayerOptions, 'kernelInitializer' | 'kernelRegularizer'>,
    ConvolutionWindowOptions {
  /** How many outputs each channel has. Default 1. */
  readonly depthMultiplier?: number;
  /** Default `glorotUniform`. */
  readonly depthwiseInitializer?: InitializerLike;
  /** Default none. */
  readonly depthwiseRegularizer?: RegularizerLike;
}

const depthwiseConv2DOptions = /* @__PURE__ */ optionTable<DepthwiseConv2DOptions, LayerOptions>(
  'DepthwiseConv2D',
  {
    kernelSize: 'integer|list!',
    strides: 'integer|list',
    padding: 'string',
    dilationRate: 'integer|list',
    depthMultiplier: 'integer',
    activation: 'string|function',
    useBias: 'boolean',
    depthwiseInitializer: 'string|object',
    biasInitializer: 'string|object',
    depthwiseRegularizer: 'string|object|null',
    biasRegularizer: 'string|object|null',
  },
  {
    base: layerOptions,
    later: { dataFormat: 'channels come last, always', depthwiseConstraint: '', biasConstraint: '' },
  },
);

/**
 * Slides windows over each channel of an image by itself: `activation(depthwise(x, kernel) + bias)`.
 * `(batch, height, width, channels)` becomes `(batch, height', width', channels · depthMultiplier)`, where output
 * `c · depthMultiplier + m` has seen channel `c` alone.
 *
 * Parameters: `kernel` `[kernelHeight, kernelWidth, channels, depthMultiplier]`, `bias` `[channels · depthMultiplier]`.
 *
 * @throws ValueError where a size is not a positive integer, or strides and dilation are both above 1.
 * @throws ShapeError where the input has not four axes or another number of channels than it was built for.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { DepthwiseConv2D } from '@espalier/layers';
 * import { tensor } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new DepthwiseConv2D({ kernelSize: 2, depthwiseInitializer: 'ones' });
 * const y = layer.apply(tensor([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2]), { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '10,100') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class DepthwiseConv2D extends KernelLayer {
  readonly className: string = 'DepthwiseConv2D';
  /** {@inheritDoc ConvolutionWindowOptions.kernelSize} */
  readonly kernelSize: readonly [number, number];
  /** {@inheritDoc ConvolutionWindowOptions.strides} */
  readonly strides: readonly [number, number];
  /** {@inheritDoc ConvolutionWindowOptions.padding} */
  readonly padding: Padding;
  /** {@inheritDoc ConvolutionWindowOptions.dilationRate} */
  readonly dilationRate: readonly [number, number];
  /** {@inheritDoc DepthwiseConv2DOptions.depthMultiplier} */
  readonly depthMultiplier: number;

  constructor(options: DepthwiseConv2DOptions) {
    const { depthwiseInitializer, depthwiseRegularizer, depthMultiplier, ...rest } = checkOptions(
      options,
      depthwiseConv2DOptions,
    );
    const kernel = {
      ...(depthwiseInitializer !== undefined && { kernelInitializer: depthwiseInitializer }),
      ...(depthwiseRegularizer !== undefined && { kernelRegularizer: depthwiseRegularizer }),
    };
    super({ ...rest, ...kernel }, { ...convolutionOptions, owner: 'DepthwiseConv2D' });
    const window = convolutionWindow(options, 'DepthwiseConv2D');
    this.kernelSize = window.kernelSize;
    this.strides = window.strides;
    this.padding = window.padding;
    this.dilationRate = window.dilationRate;
    this.depthMultiplier = positiveInteger(depthMultiplier ?? 1, 'depthMultiplier', 'DepthwiseConv2D');
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { rank: 4, axes: { [-1]: this.kernel.shape[2]! } } : { rank: 4 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const channels = knownAxis(singleShape(inputShape, this.label()), -1, this.label());
    this.addKernel([...this.kernelSize, channels, this.depthMultiplier], channels * this.depthMultiplier);
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  protected override checkShape(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const { strides, padding, dilationRate } = this;
    const options = { ...this.epilogue, strides, padding, dilationRate };
    return this.finish(depthwiseConvolution2d(x, this.kernel.value, options));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, ...image] = singleShape(inputShape, this.label());
    const [height, width] = convolvedSize(image, this, this.label());
    const channels = knownAxis([batch, ...image], -1, this.label());
    return [batch, height, width, channels * this.depthMultiplier];
  }

  override getConfig(): Config {
    const { kernelInitializer, kernelRegularizer, ...config } = super.getConfig();
    return {
      ...config,
      ...compact({ depthwiseInitializer: kernelInitializer, depthwiseRegularizer: kernelRegularizer }),
      kernelSize: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      dilationRate: this.dilationRate,
      depthMultiplier: this.depthMultiplier,
    };
  }
}
