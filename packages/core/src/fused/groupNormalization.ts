import type { Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { normalizeSpans } from './normalization.js';

/** What {@link groupNormalization} takes beside its tensors. */
export interface GroupNormalizationAttributes {
  /** How many groups share out the channels; 1 takes all together, `channels` each alone. */
  readonly groups: number;
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number;
}

/**
 * `gamma (x - mean) / sqrt(variance + epsilon) + beta` of `x` `[batch, …, channels]`, with mean and variance over all
 * positions of an example and the channels of a group; `gamma` and `beta` are `[channels]`, and either may be missing.
 * Source: Wu and He 2018, arXiv:1803.08494.
 *
 * @throws ShapeError where the channels cannot be shared out, or `gamma` or `beta` has another shape.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { groupNormalization, activateBackend } from '@espalier/core';
 * import { tensor3d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const x = tensor3d([[[1, 10], [3, 30]]]);
 * const y = groupNormalization(x, undefined, undefined, { groups: 2, epsilon: 0 }).dataSync();
 * if (y.some((value, i) => Math.abs(value - (i < 2 ? -1 : 1)) > 1e-5)) throw new Error(`got ${y.join()}`);
 * ```
 */
export function groupNormalization(
  x: Tensor,
  gamma: Tensor | undefined,
  beta: Tensor | undefined,
  { groups, epsilon = 1e-3 }: GroupNormalizationAttributes,
): Tensor {
  const where = 'groupNormalization';
  const channels = x.shape[x.shape.length - 1];
  if (x.shape.length < 2 || !Number.isInteger(groups) || groups < 1 || channels! % groups !== 0) {
    throw new ShapeError({
      where,
      problem: `the channels cannot be shared out to ${groups} groups`,
      got: `[${x.shape}]`,
    });
  }
  return normalizeSpans(x, gamma, beta, { where, groups, axes: x.shape.length - 1, epsilon, rms: false });
}
