import { add, cast, div, mean as meanOf, mul, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core';

/** The statistics of a batch; `mean` and `variance` keep the reduced axes with size 1. */
export interface BatchMoments {
  readonly mean: Tensor;
  /** Divided by n, not by n - 1. */
  readonly variance: Tensor;
  /** `x - mean` */
  readonly centered: Tensor;
}

/**
 * Mean and variance over the axes on which `kept` is 1.
 * @param weights What counts, as a bool tensor that broadcasts to `x`; absent: everything.
 */
export function batchMoments(x: Tensor, kept: readonly number[], weights: Tensor | undefined): BatchMoments {
  const axes = kept.flatMap((size, axis) => (size === 1 && x.shape[axis] !== 1 ? [axis] : []));
  if (weights === undefined) {
    const mean = meanOf(x, axes, true);
    // Twice: the first mean is rounded to float32, which is much where it is large.
    const near = sub(x, mean);
    const centered = sub(near, meanOf(near, axes, true));
    return { mean, variance: meanOf(square(centered), axes, true), centered };
  }
  const counted = cast(weights, 'float32');
  const axesOfMask = axes.filter((axis) => axis < x.shape.length - 1);
  // Keras's constant: it gives a batch in which nothing counts the mean 0.
  const count = add(sum(counted, axesOfMask, true), 1e-7);
  const mean = div(sum(mul(x, counted), axes, true), count);
  const centered = sub(x, mean);
  return { mean, variance: div(sum(mul(square(centered), counted), axes, true), count), centered };
}
