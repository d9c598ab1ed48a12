import {
  add,
  any,
  cast,
  customGrad,
  type GradSaveFunc,
  greaterEqual,
  logicalAnd,
  matMul,
  mul,
  notEqual,
  range,
  reshape,
  softmax,
  type Tensor,
  transpose,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { fused } from './fused.js';

/** What {@link scaledDotProductAttention} takes beside its tensors. */
export interface AttentionOptions {
  /**
   * What each query may see, in a shape that is broadcast to the scores `[…, queries, keys]`: bool, true where it may, or
   * float32, added to the scores. It is a constant: no gradient goes to it.
   */
  readonly mask?: Tensor;
  /** Whether query i sees the keys 0 … i alone. Default false. */
  readonly causal?: boolean;
  /** What scores are multiplied by. Default `1 / sqrt(depth)`. */
  readonly scale?: number;
  /** Whether tensors are `[batch, length, heads, depth]`, as projections make them. Default false: `[…, length, depth]`. */
  readonly headsAfterLength?: boolean;
}

/**
 * `softmax(scale · query · keyᵀ + mask) · value`: each query's mean of the values, weighted by how well their keys fit.
 * A query that may see no key gets zeros.
 *
 * `query` is `[…, queries, depth]`, `key` `[…, keys, depth]`, `value` `[…, keys, features]`, with the same axes before; the
 * result is `[…, queries, features]`. On WASM the scores are never held as a whole: memory grows with the lengths, not
 * with their product. Sources: Vaswani et al. 2017, arXiv:1706.03762; Dao et al. 2022, arXiv:2205.14135.
 *
 * @throws ShapeError where the shapes do not go together.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { scaledDotProductAttention, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const [query, key] = [tensor2d([[100, 0]]), tensor2d([[1, 0], [0, 1]])];
 * const y = scaledDotProductAttention(query, key, tensor2d([[3], [5]])).dataSync();
 * if (Math.abs(y[0]! - 3) > 1e-5) throw new Error(`got ${y.join()}`);
 * ```
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const { mask, causal = false, scale = 1 / Math.sqrt(query.shape.at(-1)!), headsAfterLength = false } = options;
  check(query, key, value, mask, headsAfterLength);
  return fused({
    kernel: 'ScaledDotProductAttention',
    inputs: { query, key, values: value },
    constants: mask === undefined ? {} : { mask },
    attrs: { causal, scale, headsAfterLength },
    composed(inputs) {
      const swap = (x: Tensor): Tensor => (headsAfterLength ? transpose(x, [0, 2, 1, 3]) : x);
      const weights = attentionWeights(swap(inputs.query), swap(inputs.key), { mask, causal, scale });
      return swap(matMul(weights, swap(inputs.values)));
    },
  });
}

/** `softmax(scale · query · keyᵀ + mask)`, `[…, queries, keys]`: the composed operations, for those that want the weights. */
export function attentionWeights(
  query: Tensor,
  key: Tensor,
  { mask, causal, scale }: { mask?: Tensor | undefined; causal: boolean; scale: number },
): Tensor {
  let scores = mul(matMul(query, key, false, true), scale);
  let seen: Tensor | undefined;
  if (mask !== undefined && mask.dtype !== 'bool') {
    const fixed = constant(mask);
    scores = add(scores, fixed);
    seen = notEqual(fixed, Number.NEGATIVE_INFINITY);
  } else if (mask !== undefined) {
    seen = mask;
  }
  if (causal) {
    const [queries, keys] = scores.shape.slice(-2) as [number, number];
    const lower = greaterEqual(reshape(range(0, queries, 1, 'int32'), [-1, 1]), range(0, keys, 1, 'int32'));
    seen = seen === undefined ? lower : logicalAnd(seen, lower);
  }
  if (seen === undefined) return softmax(scores);
  // A query that sees nothing gets zeros, where the softmax of -infinity alone is NaN, and so would its gradient be.
  const some = any(seen, -1, true);
  const shown = where(seen, scores, where(some, Number.NEGATIVE_INFINITY, 0));
  return mul(softmax(shown), cast(some, 'float32'));
}

function constant(x: Tensor): Tensor {
  const op = customGrad((...inputs: (Tensor | GradSaveFunc)[]) => ({
    value: (inputs[0] as Tensor).clone(),
    gradFunc: (dy: Tensor) => zerosLike(dy),
  }));
  return op(x);
}

function check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | undefined, after: boolean): void {
  const shapes = [query, key, value].map(({ shape }) => shape);
  const rank = query.shape.length;
  const lengthAxis = after ? 1 : rank - 2;
  const batches = shapes.map((shape) =>
    shape
      .slice(0, -1)
      .filter((_, axis) => axis !== lengthAxis)
      .join(),
  );
  const fits =
    (after ? rank === 4 : rank >= 2) &&
    shapes.every((shape) => shape.length === rank) &&
    batches.every((batch) => batch === batches[0]) &&
    query.shape.at(-1) === key.shape.at(-1) &&
    key.shape[lengthAxis] === value.shape[lengthAxis];
  const scores = [
    ...query.shape.slice(0, -1).filter((_, axis) => axis !== lengthAxis),
    query.shape[lengthAxis]!,
    key.shape[lengthAxis] ?? 0,
  ];
  if (fits && (mask === undefined || isBroadcast(mask.shape, scores))) return;
  throw new ShapeError({
    where: 'scaledDotProductAttention',
    problem: 'the shapes do not go together',
    expected:
      'query […, queries, depth], key […, keys, depth], value […, keys, features], mask broadcast to […, queries, keys]',
    got: [...shapes, ...(mask === undefined ? [] : [mask.shape])].map((shape) => `[${shape}]`).join(', '),
  });
}

function isBroadcast(shape: number[], to: number[]): boolean {
  return shape.length <= to.length && shape.every((size, i) => size === 1 || size === to[to.length - shape.length + i]);
}
