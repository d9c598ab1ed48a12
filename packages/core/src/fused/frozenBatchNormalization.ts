import { add, engine, getBackend, getKernel, mul, rsqrt, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { requireShape } from '../errors/requireShape.js';
import { isTaped } from '../gradients/tape.js';
import { parametersOf, scaleAndShift } from './normalization.js';

const KERNEL = 'FrozenBatchNormalization';

/** What {@link frozenBatchNormalization} normalises by, each `[features]`. */
export interface FrozenMoments {
  /** What is taken off. */
  readonly mean: Tensor;
  /** What is divided by the root of. */
  readonly variance: Tensor;
  /** What is multiplied by. Default 1. */
  readonly gamma?: Tensor | undefined;
  /** What is added. Default 0. */
  readonly beta?: Tensor | undefined;
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number;
}

/**
 * `gamma (x - mean) / sqrt(variance + epsilon) + beta` with statistics that are given, features last: batch normalisation
 * outside of training. The mean is taken off first: `x · s + (beta - mean · s)` loses all digits of a deviation that is
 * small against the mean.
 *
 * @throws ShapeError where one of the vectors is not a number for each feature.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { activateBackend, frozenBatchNormalization } from '@espalier/core';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const moments = { mean: tensor1d([1e5]), variance: tensor1d([4]), epsilon: 0 };
 * const y = frozenBatchNormalization(tensor2d([[100001]]), moments).dataSync();
 * if (Math.abs(y[0]! - 0.5) > 1e-6) throw new Error(`got ${y.join()}`);
 * ```
 */
export function frozenBatchNormalization(x: Tensor, moments: FrozenMoments): Tensor {
  const { mean, variance, gamma, beta, epsilon = 1e-3 } = moments;
  const where = 'frozenBatchNormalization';
  const parameters = parametersOf(where, x, gamma, beta);
  requireShape(where, 'mean', mean, x.shape.slice(-1));
  requireShape(where, 'variance', variance, x.shape.slice(-1));
  if (!isTaped() && x.dtype === 'float32' && getKernel(KERNEL, getBackend()) !== undefined) {
    return engine().runKernel<Tensor>(KERNEL, { ...parameters, mean, variance }, { epsilon });
  }
  return tidy(() => {
    const inverse = rsqrt(add(variance, epsilon));
    return scaleAndShift(sub(x, mean), gamma === undefined ? inverse : mul(inverse, gamma), beta);
  });
}
