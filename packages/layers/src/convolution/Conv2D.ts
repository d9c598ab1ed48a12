import { type CallContext, type Config, convolution2d, type InputSpec, type Shape, singleShape } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { KernelLayer, type KernelLayerOptions } from '../core/KernelLayer.js';
import { knownAxis, positiveInteger } from '../options/checks.js';
import { type ConvolutionWindowOptions, convolutionWindow, convolvedSize } from './convolutionWindow.js';
import type { Padding } from './window.js';

/** What {@link Conv2D} takes. */
export interface Conv2DOptions extends KernelLayerOptions, ConvolutionWindowOptions {
  /** The size of the last axis of the output. */
  readonly filters: number;
}

/**
 * Slides `filters` windows over an image: `activation(conv(x, kernel) + bias)`.
 * `(batch, height, width, channels)` becomes `(batch, height', width', filters)`; channels come last, always.
 *
 * Parameters: `kernel` `[kernelHeight, kernelWidth, channels, filters]`, `bias` `[filters]`.
 *
 * @throws ValueError where a size is not a positive integer, or strides and dilation are both above 1.
 * @throws ShapeError where the input has not four axes or another number of channels than it was built for.
 *
 * @example
 * ```ts
 * import { Rng, useBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Conv2D } from '@espalier/layers';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await useBackend(cpu());
 * const layer = new Conv2D({ filters: 1, kernelSize: 3, padding: 'same', kernelInitializer: 'ones' });
 * const y = layer.apply(ones([1, 3, 3, 1]), { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '4,6,4,6,9,6,4,6,4') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class Conv2D extends KernelLayer {
  readonly className: string = 'Conv2D';
  /** {@inheritDoc Conv2DOptions.filters} */
  readonly filters: number;
  /** {@inheritDoc ConvolutionWindowOptions.kernelSize} */
  readonly kernelSize: readonly [number, number];
  /** {@inheritDoc ConvolutionWindowOptions.strides} */
  readonly strides: readonly [number, number];
  /** {@inheritDoc ConvolutionWindowOptions.padding} */
  readonly padding: Padding;
  /** {@inheritDoc ConvolutionWindowOptions.dilationRate} */
  readonly dilationRate: readonly [number, number];

  constructor(options: Conv2DOptions) {
    super(options, 'Conv2D');
    this.filters = positiveInteger(options.filters, 'filters', 'Conv2D');
    const window = convolutionWindow(options, 'Conv2D');
    this.kernelSize = window.kernelSize;
    this.strides = window.strides;
    this.padding = window.padding;
    this.dilationRate = window.dilationRate;
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { rank: 4, axes: { [-1]: this.kernel.shape[2]! } } : { rank: 4 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const channels = knownAxis(singleShape(inputShape, this.label()), -1, this.label());
    this.addKernel([...this.kernelSize, channels, this.filters]);
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const { strides, padding, dilationRate } = this;
    const options = { ...this.epilogue, strides, padding, dilationRate };
    return this.finish(convolution2d(x, this.kernel.value, options));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, ...image] = singleShape(inputShape, this.label());
    const [height, width] = convolvedSize(image, this, this.label());
    return [batch, height, width, this.filters];
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      dilationRate: this.dilationRate,
    };
  }
}
