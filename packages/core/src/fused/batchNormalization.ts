import { add, mean as meanOf, mul, reshape, rsqrt, square, type Tensor } from '@tensorflow/tfjs-core';
import { fused } from './fused.js';
import { center, parametersOf, scaleAndShift } from './normalization.js';

/** What {@link batchNormalization} takes beside its tensors. */
export interface BatchNormalizationAttributes {
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number;
  /** Receives mean and variance (divided by n) of the batch, each `[features]`: to move averages. They live for the call. */
  readonly onMoments?: (mean: Tensor, variance: Tensor) => void;
}

/**
 * `gamma (x - mean) / sqrt(variance + epsilon) + beta` with the statistics of the batch, over all axes but the last;
 * `gamma` and `beta` are `[features]`, and either may be missing. Gradients flow through the statistics too.
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
 *
 * @throws ShapeError where `gamma` or `beta` has another shape.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { batchNormalization, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = batchNormalization(tensor2d([[1], [3]]), undefined, undefined, { epsilon: 1e-7 }).dataSync();
 * if (Math.abs(y[0]! + 1) > 1e-5 || Math.abs(y[1]! - 1) > 1e-5) throw new Error(`got ${y.join()}`);
 * ```
 */
export function batchNormalization(
  x: Tensor,
  gamma?: Tensor,
  beta?: Tensor,
  { epsilon = 1e-3, onMoments }: BatchNormalizationAttributes = {},
): Tensor {
  return fused({
    kernel: 'BatchNormalization',
    inputs: parametersOf('batchNormalization', x, gamma, beta),
    attrs: { epsilon },
    onKept: ([, mean, variance]) => onMoments?.(mean!, variance!),
    composed({ x, gamma, beta }) {
      const axes = x.shape.slice(1).map((_, axis) => axis);
      const mean = meanOf(x, axes, true);
      const centered = center(x, axes);
      const variance = meanOf(square(centered), axes, true);
      onMoments?.(reshape(mean, [-1]), reshape(variance, [-1]));
      return scaleAndShift(mul(centered, rsqrt(add(variance, epsilon))), gamma, beta);
    },
  });
}
