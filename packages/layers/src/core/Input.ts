import {
  type CallContext,
  type Config,
  checkOptions,
  type InputDtype,
  type InputSpec,
  Layer,
  type LayerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What {@link Input} takes. */
export interface InputLayerOptions extends Omit<LayerOptions, 'inputShape'> {
  /** The shape of one example, without the batch axis; `null` for an axis of any length. */
  readonly shape: Shape;
}

const inputOptions = /* @__PURE__ */ optionTable<InputLayerOptions>(
  'Input',
  { shape: 'list!', name: 'string', trainable: 'boolean' },
  {
    later: {
      dtype: '',
      sparse: '',
      ragged: '',
      batchSize: '',
      batchShape: 'shape leaves the batch axis out',
      tensor: '',
      optional: '',
    },
  },
);

/**
 * Says what a `Sequential` is fed with, instead of an `inputShape` on its first layer; the values pass unchanged.
 * In a functional model, `input()` of `@espalier/core` does this.
 *
 * @throws ShapeError where data of another shape comes.
 *
 * @example
 * ```ts
 * import { Sequential } from '@espalier/core';
 * import { Dense, Input } from '@espalier/layers';
 *
 * const model = new Sequential([new Input({ shape: [4] }), new Dense({ units: 3 })]);
 * if (model.parameters().get('dense/kernel')?.size !== 12) throw new Error('not built');
 * ```
 */
export class Input extends Layer {
  // The name that Keras writes into configs, where `Input` is a function.
  readonly className = 'InputLayer';
  /** The shape of one example, without the batch axis. */
  readonly shape: Shape;
  protected override readonly passesMask = true;

  constructor(options: InputLayerOptions) {
    const { shape, ...rest } = checkOptions(options, inputOptions);
    super({ ...rest, inputShape: shape });
    this.shape = this.batchInputShape!.slice(1);
  }

  protected override inputSpec(): InputSpec {
    const sizes = this.shape.flatMap((size, i) => (size === null ? [] : [[i + 1, size] as const]));
    return { rank: this.shape.length + 1, axes: Object.fromEntries(sizes) };
  }

  protected override inputDtype(): InputDtype {
    return 'numbers';
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    return x.clone();
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return singleShape(inputShape, this.label());
  }

  override getConfig(): Config {
    const { inputShape: _, ...config } = super.getConfig();
    return { ...config, shape: this.shape };
  }
}
