import type { Tensor } from '@tensorflow/tfjs-core';
import type { Rng } from '../random/Rng.js';

/** The examples of one step. Whoever receives it disposes it. */
export interface Batch {
  /** One tensor, or one for each input of the model; the first axis is the batch. */
  readonly inputs: Tensor | Tensor[];
  /** What the model is to answer, in the same form; absent where there is nothing to learn from, as in `predict`. */
  readonly targets?: Tensor | Tensor[] | undefined;
  /** `[batch]`: the weight of each example in loss and metrics. */
  readonly sampleWeight?: Tensor | undefined;
  /** How many examples it holds. */
  readonly size: number;
  /**
   * The place of each of its examples in the data set, from 0, so that errors can name them; absent where it is not known.
   */
  readonly indices?: ArrayLike<number> | undefined;
}

/** How one pass over a data set is to be cut. */
export interface BatchPlan {
  /** How many examples a batch holds; the last may hold fewer. */
  readonly batchSize: number;
  /** The stream that decides the order of this pass; absent: the order of the data. */
  readonly shuffle?: Rng | undefined;
  /** How many batches to leave out at the start, without the cost of making them: where a resumed run goes on. */
  readonly skip?: number | undefined;
}

/**
 * Examples that can be passed over any number of times. The same plan gives the same batches, bit for bit.
 * `fit`, `evaluate` and `predict` take one; `@espalier/datasets` makes them.
 */
export interface Dataset {
  /** The number of examples, where it is known. */
  readonly size: number | undefined;
  /** One pass over the examples. */
  batches(plan: BatchPlan): AsyncIterable<Batch> | Iterable<Batch>;
}
