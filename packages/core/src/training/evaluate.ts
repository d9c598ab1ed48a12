import type { Logs } from '../callbacks/Callback.js';
import type { Dataset } from '../data/Dataset.js';
import { DataError } from '../errors/kinds.js';
import { tell } from './callbackList.js';
import { breather } from './eventLoop.js';
import type { EvaluateOptions } from './options.js';
import { disposeBatch, readStatistics, type StepTools, testOnBatch } from './step.js';
import { Tally } from './Tally.js';

/** Measures loss and metrics over a data set, in inference mode. */
export async function evaluate(tools: StepTools, data: Dataset, options: EvaluateOptions): Promise<Logs> {
  const { batchSize = 32, steps = Number.POSITIVE_INFINITY, callbacks = [], signal } = options;
  const tally = new Tally(tools.objective);
  const rng = tools.model.rng.fork('evaluate');
  const breathe = breather();
  await tell(callbacks, (callback) => callback.onTestBegin());
  for await (const batch of data.batches({ batchSize })) {
    try {
      signal?.throwIfAborted();
      const where = `evaluate, step ${tally.batches + 1}`;
      tally.add(await readStatistics(testOnBatch(tools, batch, rng, where), batch.size));
    } finally {
      disposeBatch(batch);
    }
    if (tally.batches >= steps) break;
    await breathe();
  }
  if (tally.batches === 0) throw new DataError({ where: 'evaluate', problem: 'the data set gave no batches' });
  const logs = tally.logs();
  await tell(callbacks, (callback) => callback.onTestEnd(logs));
  return logs;
}
