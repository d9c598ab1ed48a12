import { add, mean, reshape, square, sub, type Tensor, tidy, util } from '@tensorflow/tfjs-core';

/** What {@link moments} gives. */
export interface Moments {
  /** `Σ x / n` */
  readonly mean: Tensor;
  /** `Σ (x - mean)² / n` */
  readonly variance: Tensor;
}

/**
 * Mean and variance over `axis` (default: all), for numbers of any mean. tfjs's own rounds the mean to float32 and takes the
 * variance about that, which at a mean of 1e6 is off by some percent; here what the rounding cost is taken off again.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { activateBackend, moments } from '@espalier/core';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const { variance } = moments(tensor1d([1e6, 1e6, 1e6 + 1]));
 * if (Math.abs(variance.dataSync()[0]! - 2 / 9) > 1e-6) throw new Error('the mean was rounded');
 * ```
 */
export function moments(x: Tensor, axis?: number | number[], keepDims = false): Moments {
  const axes = util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape);
  return tidy(() => {
    const rounded = mean(x, axes, true);
    const rest = sub(x, rounded);
    const missing = mean(rest, axes, true);
    const shape = x.shape.flatMap((size, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [size]));
    return {
      mean: reshape(add(rounded, missing), shape),
      variance: reshape(sub(mean(square(rest), axes, true), square(missing)), shape),
    };
  });
}
