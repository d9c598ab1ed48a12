import { dispose, Tensor } from '@tensorflow/tfjs-core';
import { ArrayDataset } from '../data/ArrayDataset.js';
import type { Batch, BatchPlan, Dataset } from '../data/Dataset.js';
import { DataError, ShapeError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';
import { list } from './Objective.js';

/**
 * The batches of a data set, which may be a user's own: each is looked at before it is handed on, and there are not more
 * examples than its size, unless `steps` says how many batches are wanted.
 *
 * @throws DataError where it gives no batches, something else, or does not end.
 * @throws ShapeError where a batch does not hold as many examples as it says.
 */
export function batchesOf(
  data: Dataset,
  plan: BatchPlan,
  where: string,
  steps = Number.POSITIVE_INFINITY,
): AsyncIterable<Batch> | Iterable<Batch> {
  const given: unknown = data.batches(plan);
  const isIterable = (key: symbol) => typeof (given as Record<symbol, unknown> | undefined)?.[key] === 'function';
  if (!isIterable(Symbol.asyncIterator) && !isIterable(Symbol.iterator)) {
    throw new DataError({
      where,
      problem: 'batches() gave nothing to pass over',
      got: describeValue(given),
      mend: 'write a generator: async *batches(plan) { … yield batch; }',
    });
  }
  const batches = given as AsyncIterable<Batch> | Iterable<Batch>;
  return data instanceof ArrayDataset ? batches : checked(data, batches, plan, where, steps);
}

async function* checked(
  { size: whole = Number.POSITIVE_INFINITY }: Dataset,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { batchSize, skip = 0 }: BatchPlan,
  where: string,
  steps: number,
): AsyncGenerator<Batch> {
  let seen = skip * batchSize;
  for await (const batch of batches) {
    try {
      requireBatch(batch, where);
      seen += batch.size;
      if (seen > whole && steps === Number.POSITIVE_INFINITY) {
        throw new DataError({
          where,
          problem: 'the data set gave more examples than its size',
          expected: `${whole} examples in one pass`,
          mend: 'end after one pass, or say how many steps to make',
        });
      }
    } catch (error) {
      dispose(batch as never);
      throw error;
    }
    yield batch;
  }
}

/** Examples in a tensor, `undefined` where it is none or was disposed of. */
function examplesIn(tensor: unknown): number | undefined {
  return tensor instanceof Tensor && !tensor.isDisposed ? tensor.shape[0] : undefined;
}

function requireBatch(batch: Batch, where: string): void {
  const { inputs, targets, sampleWeight, size } = batch ?? {};
  const tensors = [...list(inputs), ...list(targets), ...list(sampleWeight)] as unknown[];
  const wrong = tensors.find((tensor) => examplesIn(tensor) === undefined);
  if (typeof batch !== 'object' || inputs === undefined || list(inputs).length === 0 || wrong !== undefined) {
    const isGone = wrong instanceof Tensor && wrong.isDisposed;
    throw new DataError({
      where,
      problem: isGone ? 'the data set gave a tensor that was disposed of' : 'the data set gave no batch of tensors',
      expected: '{ inputs, targets, size }',
      got: describeValue(wrong ?? batch),
      mend: 'make new tensors for each batch: whoever receives it frees it',
    });
  }
  const other = tensors.map(examplesIn).find((count) => count !== size);
  if (other === undefined) return;
  throw new ShapeError({
    where,
    problem: 'a batch does not hold as many examples as it says',
    expected: `size: ${other}, as in its tensors`,
    got: describeValue(size),
  });
}
