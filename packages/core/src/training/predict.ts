import { concat, dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Dataset } from '../data/Dataset.js';
import { DataError } from '../errors/kinds.js';
import type { Model } from '../models/Model.js';
import { batchesOf } from './batchesOf.js';
import { breather } from './eventLoop.js';
import { list } from './Objective.js';
import type { ModelOutput, PredictOptions } from './options.js';
import { requireCount } from './requireCount.js';
import { disposeBatch } from './step.js';

/** The outputs for every example, in inference mode, joined along the batch axis; one tensor for each output. */
export async function predict(model: Model<ModelOutput>, data: Dataset, options: PredictOptions): Promise<ModelOutput> {
  const { batchSize = 32, signal } = options;
  requireCount('predict, batchSize', batchSize);
  const parts: (readonly Tensor[])[] = [];
  const rng = model.rng.fork('predict');
  const breathe = breather();
  let several = false;
  try {
    for await (const batch of batchesOf(data, { batchSize }, 'predict')) {
      try {
        signal?.throwIfAborted();
        const outputs = tidy(() => {
          const output = model.run(batch.inputs, { training: false, rng });
          several = Array.isArray(output);
          // Clones, since an output may be an input, which goes with the batch.
          return list(output).map((tensor) => tensor.clone());
        });
        parts.push(outputs);
      } finally {
        disposeBatch(batch);
      }
      await breathe();
    }
    const first = parts[0];
    if (first === undefined) throw new DataError({ where: 'predict', problem: 'the data set gave no batches' });
    const joined = first.map((_, i) => concat(parts.map((part) => part[i]!)));
    return several ? joined : joined[0]!;
  } finally {
    dispose(parts.flat());
  }
}
