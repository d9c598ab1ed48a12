import {
  type CallContext,
  type Config,
  DataError,
  firstNotInteger,
  type Initializer,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Parameter,
  type Regularizer,
  type Shape,
  singleShape,
} from '@espalier/core';
import { cast, type DataType, gather, notEqual, type Tensor } from '@tensorflow/tfjs-core';
import { type InitializerLike, resolveInitializer } from '../initializers/resolveInitializer.js';
import { positiveInteger } from '../options/checks.js';
import { compact } from '../options/compact.js';
import { serialized } from '../options/serialized.js';
import { type RegularizerLike, resolveRegularizer } from '../regularizers/resolveRegularizer.js';

/** What {@link Embedding} takes. */
export interface EmbeddingOptions extends LayerOptions {
  /** How many ids there are: ids run from 0 to `inputDim - 1`. */
  readonly inputDim: number;
  /** The length of each vector. */
  readonly outputDim: number;
  /** Default `randomUniform`, in ±0.05. */
  readonly embeddingsInitializer?: InitializerLike;
  /** Default none. */
  readonly embeddingsRegularizer?: RegularizerLike;
  /** Whether id 0 is padding, which later layers are told to leave out by a mask. Default false. */
  readonly maskZero?: boolean;
}

const embeddingOptions = /* @__PURE__ */ optionTable<EmbeddingOptions, LayerOptions>(
  'Embedding',
  {
    inputDim: 'integer!',
    outputDim: 'integer!',
    embeddingsInitializer: 'string|object',
    embeddingsRegularizer: 'string|object|null',
    maskZero: 'boolean',
  },
  {
    base: layerOptions,
    later: {
      embeddingsConstraint: '',
      loraRank: '',
      loraAlpha: '',
      quantizationConfig: '',
      inputLength: 'the length of the input says it',
    },
  },
);

/**
 * A table of vectors: every id is replaced by its row. `(batch, …)` of ids becomes `(batch, …, outputDim)`. Ids may
 * be int32 or whole float32 numbers.
 *
 * Parameters: `embeddings` `[inputDim, outputDim]`.
 *
 * @throws DataError where an id is outside the table or not a whole number, with the id and its position. On GPU backends ids are not looked
 * at, since reading them would stop the device.
 * @throws ValueError where a size is not a positive integer.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Embedding } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new Embedding({ inputDim: 3, outputDim: 4, maskZero: true });
 * const ids = tensor2d([[2, 1, 0]], undefined, 'int32');
 * const y = layer.apply(ids, { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '1,3,4') throw new Error(`got ${y.shape.join()}`);
 * if (layer.computeMask(ids)?.dataSync().join() !== '1,1,0') throw new Error('padding counts');
 * ```
 */
export class Embedding extends Layer {
  readonly className = 'Embedding';
  /** {@inheritDoc EmbeddingOptions.inputDim} */
  readonly inputDim: number;
  /** {@inheritDoc EmbeddingOptions.outputDim} */
  readonly outputDim: number;
  /** {@inheritDoc EmbeddingOptions.embeddingsInitializer} */
  readonly embeddingsInitializer: Initializer;
  /** {@inheritDoc EmbeddingOptions.embeddingsRegularizer} */
  readonly embeddingsRegularizer: Regularizer | undefined;
  /** {@inheritDoc EmbeddingOptions.maskZero} */
  readonly maskZero: boolean;
  /** The table, `[inputDim, outputDim]`; there once the layer is built. */
  embeddings!: Parameter;

  constructor(options: EmbeddingOptions) {
    super(options, embeddingOptions);
    this.inputDim = positiveInteger(options.inputDim, 'inputDim', 'Embedding');
    this.outputDim = positiveInteger(options.outputDim, 'outputDim', 'Embedding');
    this.embeddingsInitializer = resolveInitializer(options.embeddingsInitializer ?? 'randomUniform', 'Embedding');
    this.embeddingsRegularizer = resolveRegularizer(options.embeddingsRegularizer, 'Embedding');
    this.maskZero = options.maskZero ?? false;
  }

  protected override build(): void {
    this.embeddings = this.addWeight({
      shape: [this.inputDim, this.outputDim],
      initializer: this.embeddingsInitializer,
      regularizer: this.embeddingsRegularizer,
    });
  }

  protected override inputSpec() {
    return {};
  }

  protected override inputDtype(): InputDtype {
    return 'numbers';
  }

  override call(ids: Tensor, _ctx: CallContext): Tensor {
    this.checkIds(ids);
    return gather(this.embeddings.value as Tensor, ids.dtype === 'int32' ? ids : cast(ids, 'int32'));
  }

  override computeMask(ids: Tensor | Tensor[]): Tensor | undefined {
    return this.maskZero ? notEqual(ids as Tensor, 0) : undefined;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...singleShape(inputShape, this.label()), this.outputDim];
  }

  override computeOutputDtype(): DataType {
    return 'float32';
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      inputDim: this.inputDim,
      outputDim: this.outputDim,
      embeddingsInitializer: serialized(this.embeddingsInitializer),
      ...compact({ embeddingsRegularizer: this.embeddingsRegularizer && serialized(this.embeddingsRegularizer) }),
      maskZero: this.maskZero,
    };
  }

  private checkIds(ids: Tensor): void {
    const found = firstNotInteger(ids, 0, this.inputDim);
    if (found === undefined) return;
    throw new DataError({
      where: this.label(),
      problem: `the id ${found.value} (element ${found.at} of the input) is not in the table`,
      expected: `whole numbers from 0 to ${this.inputDim - 1}`,
      got: String(found.value),
      mend: 'raise inputDim, or map unknown words to a reserved id',
    });
  }
}
