import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Callback, Logs } from '../callbacks/Callback.js';
import type { Batch, Dataset } from '../data/Dataset.js';
import { DataError, ValueError } from '../errors/kinds.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import { batchesOf } from './batchesOf.js';
import { inOrder, introduce, tell, tellAll } from './callbackList.js';
import { checkResume, type Position } from './checkResume.js';
import { checkClassWeight, withClassWeight } from './classWeight.js';
import { evaluate } from './evaluate.js';
import { breather } from './eventLoop.js';
import type { FitProgress } from './FitProgress.js';
import { requireFiniteLoss, requireFiniteWeights } from './finiteWeights.js';
import type { History } from './History.js';
import type { FitOptions } from './options.js';
import { requireCount } from './requireCount.js';
import { disposeBatch, readStatistics, type StepTools, testOnBatch, trainOnBatch } from './step.js';
import { Tally, withPrefix } from './Tally.js';

/** What a run of `fit` works on. */
export interface FitRun {
  readonly tools: StepTools;
  readonly optimizer: Optimizer;
  readonly data: Dataset;
  readonly validation: Dataset | undefined;
  /** The place of the first example of {@link validation} in what the user gave. */
  readonly validationFrom: number;
  readonly options: FitOptions;
  /** @throws StateError where the model was disposed of since the run began. */
  readonly requireAlive: () => void;
}

/** What of a run the progress keeps. */
type At = (epoch: number, batch: number, sums: FitProgress['sums']) => FitProgress;

/** The training loop: epochs of steps, validation, callbacks. Everything random comes from the model's seed. */
export async function fit(run: FitRun): Promise<History> {
  const { options } = run;
  const { model, objective } = run.tools;
  const { batchSize = 32, epochs = 1, shuffle = true, stepsPerEpoch, validationSteps, resume } = options;
  const first = resume?.epoch ?? options.initialEpoch ?? 0;
  requireCount('fit, epochs', epochs);
  requireCount('fit, initialEpoch', options.initialEpoch ?? 0, 0);
  requireCount('fit, batchSize', batchSize);
  requireCount('fit, stepsPerEpoch', stepsPerEpoch ?? 1, 1, true);
  requireCount('fit, validationSteps', validationSteps ?? 1, 1, true);
  const { size } = run.data;
  const position: Position = {
    seed: model.seed,
    batchSize,
    shuffle,
    ...(size !== undefined && { size }),
    ...(Number.isFinite(stepsPerEpoch) && { stepsPerEpoch: stepsPerEpoch! }),
  };
  if (resume !== undefined) checkResume(resume, position, objective.names);
  if (options.classWeight !== undefined) checkClassWeight(options.classWeight);
  // A run that is resumed may be at its end already.
  if (resume === undefined && first >= epochs) {
    throw new ValueError({
      where: 'fit, initialEpoch',
      problem: 'there is no epoch left to run',
      expected: `below ${epochs}, the epoch to stop at`,
      got: String(first),
      mend: 'epochs counts from the first run on: to train for n more, pass epochs: initialEpoch + n',
    });
  }

  const history: Record<string, number[]> = {};
  for (const [name, values] of Object.entries(resume?.history ?? {})) history[name] = [...values];
  const trained = history.loss?.length ?? 0;
  const epochNumbers = Array.from({ length: trained }, (_, i) => first - trained + i);

  const callbacks = inOrder(options.callbacks ?? []);
  const validated = run.validation === undefined ? [] : objective.names.map((name) => withPrefix('val', name));
  introduce(callbacks, model, {
    epochs,
    initialEpoch: first,
    steps: stepsPerEpoch ?? (size === undefined ? undefined : Math.ceil(size / batchSize)),
    batchSize,
    metrics: [...objective.names, ...validated],
    callbacks,
  });
  model.stopTraining = false;
  const at: At = (epoch, batch, sums) => {
    const copy = Object.fromEntries(Object.entries(history).map(([name, values]) => [name, [...values]]));
    return { ...position, epoch, batch, sums, history: copy };
  };
  model.trackProgress(() => resume ?? at(first, 0, {}));
  // One for all epochs: many short ones would otherwise never give the event loop its turn.
  const breathe = breather();
  let logs: Logs = {};
  let isChecked = true;
  try {
    await tell(callbacks, (callback) => callback.onTrainBegin());
    for (let epoch = first; epoch < epochs && !model.stopTraining; epoch++) {
      await tell(callbacks, (callback) => callback.onEpochBegin(epoch));
      const ran = await runEpoch(run, callbacks, epoch, at, breathe);
      logs = ran.logs;
      isChecked = ran.isChecked;
      addEpoch(history, logs, epochNumbers.length);
      epochNumbers.push(epoch);
      model.trackProgress(() => ran.stoppedAt ?? at(epoch + 1, 0, {}));
      await tell(callbacks, (callback) => callback.onEpochEnd(epoch, logs));
    }
    run.requireAlive();
    if (!isChecked) await requireFiniteWeights(model, 'fit');
  } catch (error) {
    // However training ends, callbacks may have something to put back, such as the best weights; what goes wrong there
    // must not hide why it ended.
    await tellAll(callbacks, (callback) => callback.onTrainEnd(logs));
    throw error;
  }
  const failed = await tellAll(callbacks, (callback) => callback.onTrainEnd(logs));
  if (failed !== undefined) throw failed.error;
  return { epoch: epochNumbers, history };
}

/** One entry an epoch under every name; NaN where a resumed run measures what it did not before, or no longer does. */
function addEpoch(history: Record<string, number[]>, logs: Logs, before: number): void {
  for (const name of new Set([...Object.keys(history), ...Object.keys(logs)])) {
    history[name] ??= new Array<number>(before).fill(Number.NaN);
    history[name].push(logs[name] ?? Number.NaN);
  }
}

/** One epoch and its validation. Where a callback stopped it between steps, what is left of it is still to do. */
async function runEpoch(
  run: FitRun,
  callbacks: readonly Callback[],
  epoch: number,
  at: At,
  breathe: () => Promise<void>,
): Promise<{ logs: Logs; stoppedAt: FitProgress | undefined; isChecked: boolean }> {
  const { tools, data, options, optimizer } = run;
  const { model, objective } = tools;
  const { batchSize = 32, epochs = 1, stepsPerEpoch = Number.POSITIVE_INFINITY, shuffle = true, signal } = options;
  const steps = Math.min(stepsPerEpoch, Math.ceil((data.size ?? Number.POSITIVE_INFINITY) / batchSize));
  const start = options.resume?.epoch === epoch ? options.resume : undefined;
  const random = model.rng.fork('fit').fork(epoch);
  const plan = { batchSize, shuffle: shuffle ? random.fork('shuffle') : undefined };
  const tally = new Tally(objective, start?.sums);
  let done = start?.batch ?? 0;
  let isChecked = false;

  const step = async (batch: Batch): Promise<Logs> => {
    const where = `fit, epoch ${epoch + 1}, step ${done + 1}`;
    // The last step has none after it that would show what it did to the weights.
    isChecked = epoch === epochs - 1 && done === steps - 1;
    const own: Tensor[] = [];
    try {
      const stepped = trainOnBatch(tools, optimizer, batch, random.fork(done), where, isChecked ? own : undefined);
      const statistics = await readStatistics(stepped, batch.size);
      const loss = statistics[0]! / statistics[1]!;
      if (!Number.isFinite(loss) && own[0] !== undefined) {
        await requireFiniteLoss((await own[0].data())[0]!, tools, where);
        await requireFiniteWeights(model, where);
      }
      await requireFiniteLoss(loss, tools, where);
      tally.add(statistics);
    } finally {
      dispose(own);
    }
    done++;
    model.trackProgress(() => at(epoch, done, tally.sums()));
    return tally.logs();
  };

  if (done < stepsPerEpoch) {
    for await (const given of batchesOf(data, { ...plan, skip: done }, `fit, epoch ${epoch + 1}`, stepsPerEpoch)) {
      let batch = given;
      try {
        signal?.throwIfAborted();
        if (options.classWeight !== undefined) batch = withClassWeight(given, options.classWeight);
        await tell(callbacks, (callback) => callback.onTrainBatchBegin(done));
        run.requireAlive();
        const logs = await step(batch);
        await tell(callbacks, (callback) => callback.onTrainBatchEnd(done - 1, logs));
      } finally {
        disposeBatch(batch);
      }
      await breathe();
      if (model.stopTraining || done >= stepsPerEpoch) break;
    }
  }
  if (done === 0) throw new DataError({ where: `fit, epoch ${epoch + 1}`, problem: 'the data set gave no batches' });
  if (tally.batches === 0) await learnShapes(tools, data);
  const stoppedAt = model.stopTraining ? at(epoch, done, tally.sums()) : undefined;

  const logs: Record<string, number> = tally.logs();
  if (run.validation !== undefined) {
    run.requireAlive();
    const { validationSteps } = options;
    const measured = await evaluate(
      tools,
      run.validation,
      {
        batchSize,
        callbacks,
        ...(validationSteps !== undefined && { steps: validationSteps }),
        ...(signal !== undefined && { signal }),
      },
      { where: `fit, validation after epoch ${epoch + 1}`, from: run.validationFrom },
    );
    for (const [name, value] of Object.entries(measured)) logs[withPrefix('val', name)] = value;
  }
  return { logs, stoppedAt, isChecked };
}

/** Shows the objective one batch: a run that resumes behind the last batch of an epoch would see none before its end. */
async function learnShapes(tools: StepTools, data: Dataset): Promise<void> {
  for await (const batch of batchesOf(data, { batchSize: 1 }, 'fit', 1)) {
    try {
      testOnBatch(tools, batch, tools.model.rng, 'fit').dispose();
    } finally {
      disposeBatch(batch);
    }
    return;
  }
}
