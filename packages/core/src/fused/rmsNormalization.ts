import type { Tensor } from '@tensorflow/tfjs-core';
import { normalizeSpans } from './normalization.js';

/** What {@link rmsNormalization} takes beside its tensors. */
export interface RmsNormalizationAttributes {
  /** Added to the mean square. Default 1e-6, as in Keras. */
  readonly epsilon?: number;
}

/**
 * `scale x / sqrt(mean(x²) + epsilon)` with the mean over the last axis; `scale` is `[features]` and may be missing.
 * Source: Zhang and Sennrich 2019, arXiv:1910.07467.
 *
 * @throws ShapeError where `scale` has another shape.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { rmsNormalization, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = rmsNormalization(tensor2d([[1, 7]])).dataSync();
 * if (Math.abs(y[0]! - 0.2) > 1e-5 || Math.abs(y[1]! - 1.4) > 1e-5) throw new Error(`got ${y.join()}`);
 * ```
 */
export function rmsNormalization(
  x: Tensor,
  scale?: Tensor,
  { epsilon = 1e-6 }: RmsNormalizationAttributes = {},
): Tensor {
  return normalizeSpans(x, scale, undefined, { where: 'rmsNormalization', groups: 1, axes: 1, epsilon, rms: true });
}
