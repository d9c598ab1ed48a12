import type { Tensor } from '@tensorflow/tfjs-core';
import type { SerializedObject } from '../module/Parameter.js';

/**
 * A figure over all examples seen so far, kept as a vector that adds up: each batch gives a small vector of statistics,
 * the vectors are summed in double precision on the host, and `result` turns the sum into the figure. So a metric has
 * no state of its own: it can be saved, resumed and merged over workers by adding vectors.
 */
export interface Metric {
  /** The name under which it appears in logs and history: `accuracy`. */
  readonly name: string;
  /** How long the vector is. */
  readonly statisticsSize: number;
  /** The batch's vector, `[statisticsSize]`, float32. `sampleWeight` is `[batch]`. */
  statistics(targets: Tensor, predictions: Tensor, sampleWeight?: Tensor): Tensor;
  /** The figure from the sum of all batches' vectors. */
  result(sum: ArrayLike<number>): number;
  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject;
}
