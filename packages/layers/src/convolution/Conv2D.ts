import {
  type CallContext,
  type Config,
  convolution2d,
  type InputDtype,
  type InputSpec,
  optionTable,
  type Shape,
  ShapeError,
  singleShape,
  ValueError,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { KernelLayer, type KernelLayerOptions } from '../core/KernelLayer.js';
import { knownAxis, positiveInteger } from '../options/checks.js';
import {
  type ConvolutionWindowOptions,
  convolutionOptions,
  convolutionWindow,
  convolvedSize,
} from './convolutionWindow.js';
import type { Padding } from './window.js';

/** What {@link Conv2D} takes. */
export interface Conv2DOptions extends KernelLayerOptions, ConvolutionWindowOptions {
  /** The size of the last axis of the output. */
  readonly filters: number;
  /**
   * Into how many parts the channels are divided: each part of the filters sees its part of the channels alone. Must divide
   * both. Default 1.
   */
  readonly groups?: number;
}

const conv2DOptions = /* @__PURE__ */ optionTable<Conv2DOptions, KernelLayerOptions & ConvolutionWindowOptions>(
  'Conv2D',
  { filters: 'integer!', groups: 'integer' },
  { base: convolutionOptions },
);

/**
 * Slides `filters` windows over an image: `activation(conv(x, kernel) + bias)`.
 * `(batch, height, width, channels)` becomes `(batch, height', width', filters)`; channels come last, always.
 *
 * Parameters: `kernel` `[kernelHeight, kernelWidth, channels / groups, filters]`, `bias` `[filters]`.
 *
 * @throws ValueError where a size is not a positive integer, strides and dilation are both above 1, or `groups` does not
 * divide the filters.
 * @throws ShapeError where the input has not four axes, another number of channels than it was built for, or channels that
 * `groups` does not divide.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Conv2D } from '@espalier/layers';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new Conv2D({ filters: 1, kernelSize: 3, padding: 'same', kernelInitializer: 'ones' });
 * const y = layer.apply(ones([1, 3, 3, 1]), { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '4,6,4,6,9,6,4,6,4') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class Conv2D extends KernelLayer {
  readonly className: string = 'Conv2D';
  /** {@inheritDoc Conv2DOptions.filters} */
  readonly filters: number;
  /** {@inheritDoc Conv2DOptions.groups} */
  readonly groups: number;
  /** {@inheritDoc ConvolutionWindowOptions.kernelSize} */
  readonly kernelSize: readonly [number, number];
  /** {@inheritDoc ConvolutionWindowOptions.strides} */
  readonly strides: readonly [number, number];
  /** {@inheritDoc ConvolutionWindowOptions.padding} */
  readonly padding: Padding;
  /** {@inheritDoc ConvolutionWindowOptions.dilationRate} */
  readonly dilationRate: readonly [number, number];

  constructor(options: Conv2DOptions) {
    super(options, conv2DOptions);
    this.filters = positiveInteger(options.filters, 'filters', 'Conv2D');
    this.groups = positiveInteger(options.groups ?? 1, 'groups', 'Conv2D');
    if (this.filters % this.groups !== 0) {
      throw new ValueError({
        where: 'Conv2D',
        problem: 'groups must divide the filters',
        expected: `filters that are a multiple of ${this.groups}`,
        got: String(this.filters),
      });
    }
    const window = convolutionWindow(options, 'Conv2D');
    this.kernelSize = window.kernelSize;
    this.strides = window.strides;
    this.padding = window.padding;
    this.dilationRate = window.dilationRate;
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { rank: 4, axes: { [-1]: this.kernel.shape[2]! * this.groups } } : { rank: 4 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const channels = knownAxis(singleShape(inputShape, this.label()), -1, this.label());
    if (channels % this.groups !== 0) {
      throw new ShapeError({
        where: this.label(),
        problem: 'groups must divide the channels',
        expected: `channels that are a multiple of ${this.groups}`,
        got: String(channels),
      });
    }
    this.addKernel([...this.kernelSize, channels / this.groups, this.filters]);
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  protected override checkShape(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const { strides, padding, dilationRate, groups } = this;
    const options = { ...this.epilogue, strides, padding, dilationRate, groups };
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
      groups: this.groups,
    };
  }
}
