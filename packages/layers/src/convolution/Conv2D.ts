import { type CallContext, type Config, type InputSpec, type Shape, singleShape, ValueError } from '@espalier/core';
import { conv2d, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { KernelLayer, type KernelLayerOptions } from '../core/KernelLayer.js';
import { knownAxis, oneOf, positiveInteger, positivePair } from '../options/checks.js';
import { type Padding, paddings, windowedSize } from './window.js';

/** What {@link Conv2D} takes. A number stands for height and width alike. */
export interface Conv2DOptions extends KernelLayerOptions {
  /** The size of the last axis of the output. */
  readonly filters: number;
  /** Height and width of the window. */
  readonly kernelSize: number | readonly [number, number];
  /** Default 1. */
  readonly strides?: number | readonly [number, number];
  /** `valid`: only whole windows. `same`: zeros around, so that stride 1 keeps height and width. Default `valid`. */
  readonly padding?: Padding;
  /** Steps between the points of a window. Default 1. */
  readonly dilationRate?: number | readonly [number, number];
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
  /** {@inheritDoc Conv2DOptions.kernelSize} */
  readonly kernelSize: readonly [number, number];
  /** {@inheritDoc Conv2DOptions.strides} */
  readonly strides: readonly [number, number];
  /** {@inheritDoc Conv2DOptions.padding} */
  readonly padding: Padding;
  /** {@inheritDoc Conv2DOptions.dilationRate} */
  readonly dilationRate: readonly [number, number];

  constructor(options: Conv2DOptions) {
    super(options, 'Conv2D');
    this.filters = positiveInteger(options.filters, 'filters', 'Conv2D');
    this.kernelSize = positivePair(options.kernelSize, 'kernelSize', 'Conv2D');
    this.strides = positivePair(options.strides ?? 1, 'strides', 'Conv2D');
    this.padding = oneOf(options.padding ?? 'valid', paddings, 'padding', 'Conv2D');
    this.dilationRate = positivePair(options.dilationRate ?? 1, 'dilationRate', 'Conv2D');
    if (Math.max(...this.strides) > 1 && Math.max(...this.dilationRate) > 1) {
      throw new ValueError({
        where: 'Conv2D',
        problem: 'strides and dilationRate cannot both be above 1',
        got: `strides ${this.strides.join(', ')} and dilationRate ${this.dilationRate.join(', ')}`,
      });
    }
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { rank: 4, axes: { [-1]: this.kernel.shape[2]! } } : { rank: 4 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const channels = knownAxis(singleShape(inputShape, this.label()), -1, this.label());
    this.addKernel([...this.kernelSize, channels, this.filters]);
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const kernel = this.kernel.value as Tensor as Tensor4D;
    const { padding, strides, dilationRate } = this;
    return this.finish(conv2d(x as Tensor4D, kernel, [...strides], padding, 'NHWC', [...dilationRate]));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, ...image] = singleShape(inputShape, this.label());
    const size = (axis: 0 | 1) => {
      const reach = (this.kernelSize[axis] - 1) * this.dilationRate[axis] + 1;
      return windowedSize(image[axis] ?? null, reach, this.strides[axis], this.padding, this.label());
    };
    return [batch, size(0), size(1), this.filters];
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
