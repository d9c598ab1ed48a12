import { lax, nn, numpy as np } from '@jax-js/jax';
import type { Reader } from './Parameters.js';

/** x W + b over the last axis. */
export function dense(p: Reader, x: np.Array): np.Array {
  return np.matmul(x, p.next).add(p.next);
}

/** A vector for each channel, laid along the second axis of an image. */
const alongChannels = (vector: np.Array) => vector.reshape([1, -1, 1, 1]);

/** A convolution of an image whose channels come first. */
export function conv(
  p: Reader,
  x: np.Array,
  options: { stride?: number; padding?: 'SAME' | 'VALID'; groups?: number; bias?: boolean } = {},
): np.Array {
  const { stride = 1, padding = 'SAME', groups = 1, bias = true } = options;
  const y = lax.convGeneralDilated(x, p.next, [stride, stride], padding, { featureGroupCount: groups });
  return bias ? y.add(alongChannels(p.next)) : y;
}

/** The maximum over windows of 2×2 that do not overlap, as a maximum over reshaped axes. */
export function maxPool(x: np.Array): np.Array {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return np.max(x.reshape([batch, channels, height / 2, 2, width / 2, 2]), [3, 5]);
}

/** Batch normalisation with fixed statistics: mean 0 and variance 1, as those of a model that was not trained. */
export function batchNormalized(p: Reader, x: np.Array): np.Array {
  const [gain, offset, mean, variance] = [p.next, p.next, p.next, p.next].map(alongChannels) as [
    np.Array,
    np.Array,
    np.Array,
    np.Array,
  ];
  return x
    .sub(mean)
    .mul(np.reciprocal(np.sqrt(variance.add(1e-3))))
    .mul(gain)
    .add(offset);
}

export function layerNormalized(p: Reader, x: np.Array): np.Array {
  return nn.standardize(x, -1, { epsilon: 1e-3 }).mul(p.next).add(p.next);
}

/**
 * Attention of a sequence to itself with as many heads. Written with products, because jax-js's own goes through an
 * `einsum` that Node 20 cannot run.
 */
export function attention(p: Reader, x: np.Array, heads: number): np.Array {
  const [batch, length, features] = x.shape as [number, number, number];
  const size = features / heads;
  const project = (axes: number[]) => np.transpose(dense(p, x.ref).reshape([batch, length, heads, size]), axes);
  const q = project([0, 2, 1, 3]);
  const k = project([0, 2, 3, 1]);
  const v = project([0, 2, 1, 3]);
  x.dispose();
  const weights = nn.softmax(np.matmul(q, k).mul(1 / Math.sqrt(size)), -1);
  const seen = np.transpose(np.matmul(weights, v), [0, 2, 1, 3]);
  return dense(p, seen.reshape([batch, length, features]));
}
