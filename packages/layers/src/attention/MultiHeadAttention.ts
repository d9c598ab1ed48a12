import {
  attentionWeights,
  type CallContext,
  type Config,
  type Initializer,
  type InputDtype,
  isShapeList,
  joinPath,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Regularizer,
  type Shape,
  ShapeError,
  scaledDotProductAttention,
  showShape,
} from '@espalier/core';
import { expandDims, logicalAnd, matMul, type Tensor, transpose } from '@tensorflow/tfjs-core';
import { type InitializerLike, resolveInitializer } from '../initializers/resolveInitializer.js';
import { inRange, positiveInteger } from '../options/checks.js';
import { compact } from '../options/compact.js';
import { serialized } from '../options/serialized.js';
import { Dropout } from '../regularization/Dropout.js';
import { type RegularizerLike, resolveRegularizer } from '../regularizers/resolveRegularizer.js';
import { Projection } from './Projection.js';

/** What {@link MultiHeadAttention} takes. */
export interface MultiHeadAttentionOptions extends LayerOptions {
  /** How many times attention is paid side by side. */
  readonly numHeads: number;
  /** Features of a query and of a key, in each head. */
  readonly keyDim: number;
  /** Features of a value in each head. Default `keyDim`. */
  readonly valueDim?: number;
  /** The probability that a weight is dropped in training. Default 0. */
  readonly dropout?: number;
  /** Whether the four projections add a bias. Default true. */
  readonly useBias?: boolean;
  /** Features of the output. Default those of the query. */
  readonly outputShape?: number;
  /** Whether each position sees itself and those before it alone. Default false; in Keras an argument of the call. */
  readonly useCausalMask?: boolean;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `zeros`. */
  readonly biasInitializer?: InitializerLike;
  /** Default none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default none. */
  readonly biasRegularizer?: RegularizerLike;
}

const multiHeadAttentionOptions = /* @__PURE__ */ optionTable<MultiHeadAttentionOptions, LayerOptions>(
  'MultiHeadAttention',
  {
    numHeads: 'integer!',
    keyDim: 'integer!',
    valueDim: 'integer',
    dropout: 'number',
    useBias: 'boolean',
    outputShape: 'integer',
    useCausalMask: 'boolean',
    kernelInitializer: 'string|object',
    biasInitializer: 'string|object',
    kernelRegularizer: 'string|object|null',
    biasRegularizer: 'string|object|null',
  },
  {
    base: layerOptions,
    later: {
      attentionAxes: '',
      flashAttention: '',
      slidingWindow: '',
      seed: 'the seed of the model decides',
      kernelConstraint: '',
      biasConstraint: '',
      useGate: '',
    },
  },
);

/**
 * Attention in several heads: queries, keys and values are projected for each head, every query takes the mean of the
 * values weighted by `softmax(query · key / sqrt(keyDim))`, and the heads are projected to the output.
 *
 * Inputs, each `[batch, length, features]`: one tensor (self-attention), or a list `[query, value]`,
 * `[query, value, key]` or `[query, value, key, mask]`, where the mask is bool `[batch, queries, keys]`, true where a query
 * may look. In self-attention, the time steps that the call's mask leaves out are not seen. Output:
 * `[batch, queries, outputShape]`.
 *
 * Parameters: `query/kernel` `[features, heads, keyDim]`, `query/bias` `[heads, keyDim]`, the same of `key` and `value`,
 * `attentionOutput/kernel` `[heads, valueDim, output]`, `attentionOutput/bias` `[output]`.
 * Source: Vaswani et al. 2017, arXiv:1706.03762.
 *
 * @throws ValueError where a size is not a positive integer or `dropout` outside [0, 1).
 * @throws ShapeError where inputs are not of rank 3 or do not go together.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { MultiHeadAttention } from '@espalier/layers';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new MultiHeadAttention({ numHeads: 2, keyDim: 4 });
 * const y = layer.apply(ones([1, 5, 8]), { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '1,5,8') throw new Error(`got ${y.shape.join()}`);
 * ```
 */
export class MultiHeadAttention extends Layer {
  readonly className = 'MultiHeadAttention';
  /** {@inheritDoc MultiHeadAttentionOptions.numHeads} */
  readonly numHeads: number;
  /** {@inheritDoc MultiHeadAttentionOptions.keyDim} */
  readonly keyDim: number;
  /** {@inheritDoc MultiHeadAttentionOptions.valueDim} */
  readonly valueDim: number;
  /** {@inheritDoc MultiHeadAttentionOptions.dropout} */
  readonly dropout: number;
  /** {@inheritDoc MultiHeadAttentionOptions.useBias} */
  readonly useBias: boolean;
  /** {@inheritDoc MultiHeadAttentionOptions.outputShape} */
  readonly outputShape: number | undefined;
  /** {@inheritDoc MultiHeadAttentionOptions.useCausalMask} */
  readonly useCausalMask: boolean;
  /** {@inheritDoc MultiHeadAttentionOptions.kernelInitializer} */
  readonly kernelInitializer: Initializer;
  /** {@inheritDoc MultiHeadAttentionOptions.biasInitializer} */
  readonly biasInitializer: Initializer;
  /** {@inheritDoc MultiHeadAttentionOptions.kernelRegularizer} */
  readonly kernelRegularizer: Regularizer | undefined;
  /** {@inheritDoc MultiHeadAttentionOptions.biasRegularizer} */
  readonly biasRegularizer: Regularizer | undefined;
  /** Maps queries to the heads, `[width, heads, keyDim]`; built with the layer, as the three below. */
  query!: Projection;
  /** Maps keys to the heads, `[width, heads, keyDim]`. */
  key!: Projection;
  /** Maps values to the heads, `[width, heads, valueDim]`. */
  value!: Projection;
  /** Maps the heads together to the output, `[heads, valueDim, width]`. */
  attentionOutput!: Projection;
  protected override readonly passesMask = true;
  readonly #drop: Dropout;

  constructor(options: MultiHeadAttentionOptions) {
    super(options, multiHeadAttentionOptions);
    const where = 'MultiHeadAttention';
    this.numHeads = positiveInteger(options.numHeads, 'numHeads', where);
    this.keyDim = positiveInteger(options.keyDim, 'keyDim', where);
    this.valueDim = positiveInteger(options.valueDim ?? this.keyDim, 'valueDim', where);
    this.dropout = inRange(options.dropout ?? 0, 0, 1, 'dropout', where);
    this.useBias = options.useBias ?? true;
    this.outputShape =
      options.outputShape === undefined ? undefined : positiveInteger(options.outputShape, 'outputShape', where);
    this.useCausalMask = options.useCausalMask ?? false;
    this.kernelInitializer = resolveInitializer(options.kernelInitializer ?? 'glorotUniform', where);
    this.biasInitializer = resolveInitializer(options.biasInitializer ?? 'zeros', where);
    this.kernelRegularizer = resolveRegularizer(options.kernelRegularizer, where);
    this.biasRegularizer = resolveRegularizer(options.biasRegularizer, where);
    this.#drop = new Dropout({ rate: this.dropout });
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const [query, value, key] = this.shapesOf(inputShape);
    const { numHeads, keyDim, valueDim } = this;
    const make = (axes: number, outputShape: number[]) => new Projection({ ...this, axes, outputShape });
    this.query = make(1, [numHeads, keyDim]);
    this.key = make(1, [numHeads, keyDim]);
    this.value = make(1, [numHeads, valueDim]);
    this.attentionOutput = make(2, [this.outputShape ?? query.at(-1)!]);
    const heads: Shape = [null, null, numHeads, valueDim];
    for (const [segment, shape] of Object.entries({ query, key, value, attentionOutput: heads })) {
      const projection = this[segment as 'query' | 'key' | 'value' | 'attentionOutput'];
      projection.path = joinPath(this.path, segment);
      projection.buildFor(shape);
    }
  }

  protected override inputDtype(index: number): InputDtype {
    return index < 3 ? 'float32' : 'bool';
  }

  protected override checkShape(inputShape: Shape | Shape[]): void {
    const [query, value, key] = this.shapesOf(inputShape);
    if (!this.built) return;
    // Here, so that the error names the inputs rather than a projection.
    this.query.buildFor(query);
    this.value.buildFor(value);
    this.key.buildFor(key);
  }

  override call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    const [from, to = from!, by = to, given] = list;
    const [query, key, value] = [this.query.apply(from!, ctx), this.key.apply(by, ctx), this.value.apply(to, ctx)];
    const masks = [
      ...(given === undefined ? [] : [expandDims(given, 1)]),
      ...(list.length === 1 && ctx.mask !== undefined ? [expandDims(expandDims(ctx.mask, 1), 1)] : []),
    ];
    const mask = masks.length === 0 ? undefined : masks.reduce((a, b) => logicalAnd(a, b));
    return this.attentionOutput.apply(this.attend(query, key, value, mask, ctx), ctx);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [query] = this.shapesOf(inputShape);
    return [...query.slice(0, -1), this.outputShape ?? query.at(-1)!];
  }

  override getConfig(): Config {
    const { numHeads, keyDim, valueDim, dropout, useBias, outputShape, useCausalMask } = this;
    return {
      ...super.getConfig(),
      ...{ numHeads, keyDim, valueDim, dropout, useBias, useCausalMask },
      kernelInitializer: serialized(this.kernelInitializer),
      biasInitializer: serialized(this.biasInitializer),
      ...compact({
        outputShape,
        kernelRegularizer: this.kernelRegularizer && serialized(this.kernelRegularizer),
        biasRegularizer: this.biasRegularizer && serialized(this.biasRegularizer),
      }),
    };
  }

  /** `[batch, queries, heads, valueDim]` */
  private attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | undefined, ctx: CallContext): Tensor {
    const causal = this.useCausalMask;
    if (this.dropout === 0 || !ctx.training) {
      const options = { causal, headsAfterLength: true, ...(mask === undefined ? {} : { mask }) };
      return scaledDotProductAttention(query, key, value, options);
    }
    // The weights themselves are dropped, so they must be held.
    const swap = (x: Tensor): Tensor => transpose(x, [0, 2, 1, 3]);
    const weights = attentionWeights(swap(query), swap(key), { mask, causal, scale: 1 / Math.sqrt(this.keyDim) });
    return swap(matMul(this.#drop.call(weights, ctx), swap(value)));
  }

  /** The shapes of query, value and key. @throws ShapeError unless they go together. */
  private shapesOf(inputShape: Shape | Shape[]): [query: Shape, value: Shape, key: Shape] {
    const list = isShapeList(inputShape) ? inputShape : [inputShape];
    const [query, value = query!, key = value] = list;
    const known = (sizes: readonly (number | null | undefined)[]) =>
      new Set(sizes.filter((size) => size !== null)).size <= 1;
    const together =
      [query, value, key].every((shape) => shape?.length === 3) &&
      known([value[1], key[1]]) &&
      known([query, value, key].map((shape) => shape![0]));
    if (list.length <= 4 && together) {
      return [query!, value, key];
    }
    throw new ShapeError({
      where: this.label(),
      problem: 'the inputs do not go together',
      expected: 'query [batch, queries, features], value and key [batch, keys, features]',
      got: list.map(showShape).join(', '),
      mend: 'pass one tensor, or a list [query, value, key, mask] of which the last two may be missing',
    });
  }
}
