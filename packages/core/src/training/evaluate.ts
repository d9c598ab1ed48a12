import type { Logs } from '../callbacks/Callback.js';
import type { Dataset } from '../data/Dataset.js';
import { DataError } from '../errors/kinds.js';
import { batchesOf } from './batchesOf.js';
import { callbackList, tell } from './callbackList.js';
import { breather } from './eventLoop.js';
import type { EvaluateOptions } from './options.js';
import { requireCount } from './requireCount.js';
import { requireFinite } from './requireFinite.js';
import { disposeBatch, readStatistics, type StepTools, testOnBatch } from './step.js';
import { Tally } from './Tally.js';

/** What {@link evaluate} measures for, beside its options. */
export interface Occasion {
  /** What errors begin with. Default `evaluate`. */
  readonly where?: string;
  /** The place of the data's first example in what the user gave. Default 0. */
  readonly from?: number;
}

/**
 * Measures loss and metrics over a data set, in inference mode.
 * @throws TrainingError where the loss is NaN or infinite.
 */
export async function evaluate(
  tools: StepTools,
  data: Dataset,
  options: EvaluateOptions,
  { where = 'evaluate', from = 0 }: Occasion = {},
): Promise<Logs> {
  const { batchSize = 32, steps = Number.POSITIVE_INFINITY, signal } = options;
  const callbacks = callbackList(options.callbacks);
  requireCount(`${where}, batchSize`, batchSize);
  requireCount(`${where}, steps`, steps, 1, true);
  const tally = new Tally(tools.objective);
  const rng = tools.model.rng.fork('evaluate');
  const breathe = breather();
  await tell(callbacks, (callback) => callback.onTestBegin());
  for await (const given of batchesOf(data, { batchSize }, where, steps)) {
    const batch =
      from === 0 || given.indices === undefined ? given : { ...given, indices: shifted(given.indices, from) };
    try {
      signal?.throwIfAborted();
      const at = `${where}, step ${tally.batches + 1}`;
      tally.add(await readStatistics(testOnBatch(tools, batch, rng, at), batch.size));
    } finally {
      disposeBatch(batch);
    }
    if (tally.batches >= steps) break;
    await breathe();
  }
  if (tally.batches === 0) throw new DataError({ where, problem: 'the data set gave no batches' });
  const logs = tally.logs();
  requireFinite(logs.loss!, where);
  await tell(callbacks, (callback) => callback.onTestEnd(logs));
  return logs;
}

function shifted(indices: ArrayLike<number>, from: number): number[] {
  return Array.from(indices, (index) => index + from);
}
