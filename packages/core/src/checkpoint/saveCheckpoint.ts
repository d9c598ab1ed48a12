import type { Callback, CallbackState } from '../callbacks/Callback.js';
import { isEspalierError } from '../errors/EspalierError.js';
import { TrainingError, ValueError } from '../errors/kinds.js';
import type { Module } from '../module/Module.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { requireMethod } from '../options/requireMethod.js';
import { callbackList } from '../training/callbackList.js';
import { checkProgress } from '../training/checkProgress.js';
import type { FitProgress } from '../training/FitProgress.js';
import { callbackStates } from './callbackStates.js';
import { checkpointFile, findCheckpoints, nextId, recordFile, removeCheckpoint } from './checkpointIds.js';
import { encodeSafetensors } from './encodeSafetensors.js';
import type { HostTensor } from './HostTensor.js';
import { hostTensor } from './hostTensors.js';
import { requireModule, requireStorage } from './requireStorage.js';
import type { Storage } from './Storage.js';
import { SEALED } from './seal.js';
import { sha256 } from './sha256.js';
import {
  decodeRecord,
  encodeRecord,
  type FileSeal,
  type OptimizerRecord,
  type TrainingRecord,
} from './trainingRecord.js';
import { weightsOf } from './weights.js';

/** What {@link saveCheckpoint} saves. */
export interface SaveOptions {
  /** Whose weights and state are saved. */
  readonly model: Module;
  /** Left out, only the weights can be restored. */
  readonly optimizer?: Optimizer;
  /** Callbacks whose state is saved too, in the order in which they will be given to `restoreCheckpoint`. */
  readonly callbacks?: Callback | readonly Callback[];
  /** Where the run stands: `model.progress`. */
  readonly progress: FitProgress;
  /**
   * How many checkpoints to keep, with the new one; older ones are removed when it is complete, but for those that a
   * `ModelCheckpoint` saved. Default: all.
   */
  readonly keep?: number;
}

const saveOptions = /* @__PURE__ */ optionTable<SaveOptions>('saveCheckpoint', {
  model: 'object!',
  progress: 'object!',
  optimizer: 'object',
  callbacks: 'object|list',
  keep: 'integer',
});

/**
 * Saves all that a run needs to go on exactly: `checkpoints/<id>/` with `model.safetensors`, `optimizer.safetensors`,
 * `callbacks.safetensors` (where a callback keeps tensors) and, last, `training.json`, which seals the others by size
 * and SHA-256. A run that is killed at any moment leaves the earlier checkpoints, or those and the new one. One
 * process at a time may save to a storage; saves of one process through one storage wait for each other.
 *
 * @returns The id of the checkpoint. Ids are numbered in the order of saving.
 * @throws CheckpointError where a file cannot be written; earlier checkpoints are then untouched.
 * @throws TrainingError where a weight is NaN or infinite; nothing is written or removed then.
 * @throws StateError where the model has no weights yet.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { memoryStorage, restoreCheckpoint, saveCheckpoint, Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { Adam } from '@espalier/optimizers';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [2] })]);
 * model.compile({ optimizer: new Adam(), loss: 'meanSquaredError' });
 * const x = [[0, 1], [1, 0]];
 * const y = [[1], [2]];
 * await model.fit(x, y, { epochs: 2 });
 *
 * const storage = memoryStorage();
 * const { optimizer, progress } = model;
 * if (progress === undefined) throw new Error('fit sets it');
 * await saveCheckpoint(storage, { model, optimizer, progress });
 * const resume = await restoreCheckpoint(storage, { model, optimizer });
 * const { history } = await model.fit(x, y, { epochs: 4, resume });
 * if (history['loss']?.length !== 4) throw new Error('it did not go on');
 * ```
 */
export async function saveCheckpoint(storage: Storage, options: SaveOptions): Promise<string> {
  requireStorage(storage, 'saveCheckpoint, storage');
  requireModule(checkOptions(options, saveOptions).model, 'saveCheckpoint, model');
  checkProgress(options.progress, 'saveCheckpoint, progress');
  const { optimizer: given } = options;
  if (given !== undefined)
    requireMethod(given, 'state', 'saveCheckpoint, optimizer', 'an optimizer', 'pass model.optimizer');
  return saveInSeries(storage, options);
}

/** The saves that go on in this process: two at once would take the same id. */
const saving = /* @__PURE__ */ new WeakMap<Storage, Promise<unknown>>();

/**
 * What {@link saveCheckpoint} does, with a series: `keep` counts, and removes, the checkpoints of the same series only.
 * @param seriesOf The series, by the id of the new checkpoint; asked before the states of callbacks are.
 */
export async function saveInSeries(
  storage: Storage,
  options: SaveOptions,
  seriesOf?: (id: string) => string,
): Promise<string> {
  const { keep = Number.POSITIVE_INFINITY } = options;
  if (!(keep >= 1)) {
    throw new ValueError({ where: 'saveCheckpoint, keep', problem: 'must be 1 or more', got: String(keep) });
  }
  const before = saving.get(storage);
  const run = (async () => {
    await before?.catch(() => undefined);
    return write(storage, options, keep, seriesOf);
  })();
  saving.set(storage, run);
  return run;
}

async function write(
  storage: Storage,
  { model, optimizer, progress, callbacks }: SaveOptions,
  keep: number,
  seriesOf?: (id: string) => string,
): Promise<string> {
  const before = await findCheckpoints(storage);
  const id = nextId(before.all, progress);
  const series = seriesOf?.(id);
  const states = callbackStates(callbackList(callbacks));
  const files: Record<string, FileSeal> = {};
  const writeTensors = async (name: string, tensors: ReadonlyMap<string, HostTensor>): Promise<void> => {
    const bytes = encodeSafetensors(tensors, SEALED);
    files[name] = { sha256: await sha256(bytes), bytes: bytes.length };
    await storage.write(checkpointFile(id, name), bytes);
  };

  const weights = await weightsOf(model);
  requireFinite(model, weights);
  await writeTensors('model.safetensors', weights);
  if (optimizer !== undefined) await writeTensors('optimizer.safetensors', await slotsOf(optimizer));
  const tensors = callbackTensors(states);
  if (tensors.size > 0) await writeTensors('callbacks.safetensors', tensors);
  const record: TrainingRecord = {
    progress,
    optimizer: optimizer === undefined ? null : recordOf(optimizer),
    callbacks: Object.fromEntries([...states].map(([key, { values }]) => [key, values])),
    ...(series !== undefined && { series }),
    files,
  };
  await storage.write(recordFile(id), await encodeRecord(record));
  await removeOld(storage, before, keep, series);
  return id;
}

/** Removes what was cut off, and of the checkpoints of a series all but the newest, the new one counted. */
async function removeOld(
  storage: Storage,
  { complete, all }: { readonly complete: readonly string[]; readonly all: readonly string[] },
  keep: number,
  series: string | undefined,
): Promise<void> {
  for (const id of all) if (!complete.includes(id)) await removeCheckpoint(storage, id);
  if (keep > complete.length) return;
  const own: string[] = [];
  for (const id of complete) if (await isOf(storage, id, series)) own.push(id);
  for (const id of own.slice(0, Math.max(0, own.length + 1 - keep))) await removeCheckpoint(storage, id);
}

/** Whether a checkpoint is of a series; one that cannot be read is nobody's to remove. */
async function isOf(storage: Storage, id: string, series: string | undefined): Promise<boolean> {
  try {
    const name = recordFile(id);
    return (await decodeRecord(await storage.read(name), storage.locate(name), '')).series === series;
  } catch (error) {
    if (isEspalierError(error, 'CheckpointError')) return false;
    throw error;
  }
}

/** A checkpoint of a run that went astray would push out the good ones. */
function requireFinite(model: Module, weights: ReadonlyMap<string, HostTensor>): void {
  for (const [path, { kind }] of model.parameters()) {
    // State may hold infinities by design, such as a mask of attention scores.
    const bad = weights.get(path)?.data.findIndex((x) => (kind === 'weight' ? !Number.isFinite(x) : Number.isNaN(x)));
    if (bad === undefined || bad === -1) continue;
    throw new TrainingError({
      where: path,
      problem: 'the weights are not finite, so no checkpoint was saved',
      got: `${weights.get(path)?.data[bad]} at index ${bad}`,
      mend: 'restore the last checkpoint and lower the learning rate or clip the gradients',
    });
  }
}

function recordOf(optimizer: Optimizer): OptimizerRecord {
  const { iterations, scalars = {}, steps } = optimizer.state();
  return { serialized: optimizer.serialize(), iterations, scalars, ...(steps !== undefined && { steps }) };
}

async function slotsOf(optimizer: Optimizer): Promise<Map<string, HostTensor>> {
  const slots = [...optimizer.state().slots];
  return new Map(await Promise.all(slots.map(async ([name, slot]) => [name, await hostTensor(slot)] as const)));
}

function callbackTensors(states: ReadonlyMap<string, CallbackState>): Map<string, HostTensor> {
  const all = new Map<string, HostTensor>();
  for (const [key, { tensors }] of states) {
    for (const [name, tensor] of tensors ?? []) all.set(`${key}/${name}`, tensor);
  }
  return all;
}
