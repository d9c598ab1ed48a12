import type { Tensor } from '@tensorflow/tfjs-core';
import { normalizeSpans } from './normalization.js';

/** What {@link layerNormalization} takes beside its tensors. */
export interface LayerNormalizationAttributes {
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number;
}

/**
 * `gamma (x - mean) / sqrt(variance + epsilon) + beta` with mean and variance over the last axis; `gamma` and `beta` are
 * `[features]`, and either may be missing. Source: Ba, Kiros and Hinton 2016, arXiv:1607.06450.
 *
 * @throws ShapeError where `gamma` or `beta` has another shape.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { layerNormalization, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = layerNormalization(tensor2d([[1, 3]]), undefined, undefined, { epsilon: 1e-7 }).dataSync();
 * if (Math.abs(y[0]! + 1) > 1e-5 || Math.abs(y[1]! - 1) > 1e-5) throw new Error(`got ${y.join()}`);
 * ```
 */
export function layerNormalization(
  x: Tensor,
  gamma?: Tensor,
  beta?: Tensor,
  { epsilon = 1e-3 }: LayerNormalizationAttributes = {},
): Tensor {
  return normalizeSpans(x, gamma, beta, { where: 'layerNormalization', groups: 1, axes: 1, epsilon, rms: false });
}
