import {
  type Config,
  type InputSpec,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import { type Padding, paddings, windowedSize } from '../convolution/window.js';
import { oneOf, positivePair } from '../options/checks.js';

/** What the two-dimensional poolings take. A number stands for height and width alike. */
export interface Pooling2DOptions extends LayerOptions {
  /** Default 2. */
  readonly poolSize?: number | readonly [number, number];
  /** Default `poolSize`: windows that touch and do not overlap. */
  readonly strides?: number | readonly [number, number] | null;
  /** Default `valid`. */
  readonly padding?: Padding;
}

/** The options of {@link Pooling2DOptions}: a subclass names itself as their owner. */
const pooling2DOptions = /* @__PURE__ */ optionTable<Pooling2DOptions, LayerOptions>(
  'Pooling2D',
  { poolSize: 'integer|list', strides: 'integer|list|null', padding: 'string' },
  { base: layerOptions, later: { dataFormat: 'channels come last, always' }, first: 'poolSize' },
);

/** What two-dimensional poolings have in common; they differ in how they sum a window up. */
export abstract class Pooling2D extends Layer {
  /** {@inheritDoc Pooling2DOptions.poolSize} */
  readonly poolSize: readonly [number, number];
  /** {@inheritDoc Pooling2DOptions.strides} */
  readonly strides: readonly [number, number];
  /** {@inheritDoc Pooling2DOptions.padding} */
  readonly padding: Padding;

  constructor(options: Pooling2DOptions, where: string) {
    super(options, { ...pooling2DOptions, owner: where });
    this.poolSize = positivePair(options.poolSize ?? 2, 'poolSize', where);
    this.strides = positivePair(options.strides ?? this.poolSize, 'strides', where);
    this.padding = oneOf(options.padding ?? 'valid', paddings, 'padding', where);
  }

  protected override inputSpec(): InputSpec {
    return { rank: 4 };
  }

  protected override checkShape(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, height = null, width = null, channels = null] = singleShape(inputShape, this.label());
    const size = (length: number | null, axis: 0 | 1) => {
      const side = axis === 0 ? 'height' : 'width';
      return windowedSize(length, this.poolSize[axis], this.strides[axis], this.padding, side, this.label());
    };
    return [batch, size(height, 0), size(width, 1), channels];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), poolSize: this.poolSize, strides: this.strides, padding: this.padding };
  }
}
