import { dispose } from '@tensorflow/tfjs-core';
import type { Callback } from '../callbacks/Callback.js';
import { CheckpointError } from '../errors/kinds.js';
import { Layer } from '../layer/Layer.js';
import type { Module } from '../module/Module.js';
import type { SerializedObject } from '../module/Parameter.js';
import { claimOptimizer } from '../optimizer/claimOptimizer.js';
import { innermostOf } from '../optimizer/innermostOf.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { requireMethod } from '../options/requireMethod.js';
import { callbackList } from '../training/callbackList.js';
import type { FitProgress } from '../training/FitProgress.js';
import { restoreCallbacks } from './callbackStates.js';
import { latestCheckpoint } from './checkpointIds.js';
import { deviceTensor } from './hostTensors.js';
import { type Checkpoint, readCheckpoint } from './readCheckpoint.js';
import { requireModule, requireStorage } from './requireStorage.js';
import type { Storage } from './Storage.js';
import { checkWeights, loadWeights } from './weights.js';

/** What {@link restoreCheckpoint} gives the saved state to. */
export interface RestoreOptions {
  /** Built, with the same architecture as the one that was saved. */
  readonly model: Module;
  /**
   * Of the same class as the one that was saved, whether or not clipping or another transform is around either; left
   * out, only weights are restored.
   */
  readonly optimizer?: Optimizer;
  /** The callbacks of the `fit` that will go on. */
  readonly callbacks?: Callback | readonly Callback[];
  /** Default: the newest complete checkpoint. */
  readonly id?: string;
}

const restoreOptions = /* @__PURE__ */ optionTable<RestoreOptions>('restoreCheckpoint', {
  model: 'object!',
  optimizer: 'object',
  callbacks: 'object|list',
  id: 'string',
});

/**
 * Takes model, optimizer and callbacks back to a checkpoint. All files are read and verified before anything changes.
 *
 * @returns Where the run stood: `model.fit(data, { resume })` goes on from there.
 * @throws CheckpointError where there is no checkpoint, a file is damaged, or it does not fit model or optimizer.
 * @throws StateError where the optimizer has trained another model.
 */
export async function restoreCheckpoint(storage: Storage, options: RestoreOptions): Promise<FitProgress> {
  requireStorage(storage, 'restoreCheckpoint, storage');
  requireModule(checkOptions(options, restoreOptions).model, 'restoreCheckpoint, model');
  const { optimizer: given } = options;
  if (given !== undefined)
    requireMethod(given, 'restore', 'restoreCheckpoint, optimizer', 'an optimizer', 'pass model.optimizer');
  const callbacks = callbackList(options.callbacks);
  const id = options.id ?? (await latestCheckpoint(storage));
  if (id === undefined) {
    throw new CheckpointError({
      where: storage.locate('checkpoints'),
      problem: 'there is no complete checkpoint',
      mend: 'start the run afresh, or check the directory',
    });
  }
  const checkpoint = await readCheckpoint(storage, id);
  const where = storage.locate(`checkpoints/${id}`);
  checkWeights(options.model.parameters(), checkpoint.weights, where, true);
  // Before the weights: an optimizer may refuse, and then the model is as it was.
  if (options.optimizer !== undefined) {
    const { model, optimizer } = options;
    claimOptimizer(optimizer, model, model instanceof Layer ? model.label() : model.constructor.name, where);
    restoreOptimizer(optimizer, checkpoint, where);
  }
  loadWeights(options.model, checkpoint.weights, where);
  restoreCallbacks(callbacks, checkpoint.callbacks);
  return checkpoint.progress;
}

function restoreOptimizer(optimizer: Optimizer, { optimizer: saved }: Checkpoint, where: string): void {
  const wanted = innermostOf(optimizer).serialize().className;
  const got = saved && classInside(saved.serialized);
  if (saved === undefined || got !== wanted) {
    throw new CheckpointError({
      where,
      problem: saved === undefined ? 'it was saved without an optimizer' : 'it was saved with another optimizer',
      expected: wanted,
      got: got ?? 'weights alone',
      mend: 'compile the model with that optimizer, or leave the optimizer out to restore the weights alone',
    });
  }
  const { iterations, scalars, steps } = saved;
  const slots = new Map([...saved.slots].map(([name, slot]) => [name, deviceTensor(slot)]));
  try {
    optimizer.restore({ iterations, scalars, slots, ...(steps !== undefined && { steps }) });
  } finally {
    dispose([...slots.values()]);
  }
}

/** The class of what transforms wrap: they have no state, so that a checkpoint fits with and without them. */
function classInside({ className, config }: SerializedObject): string {
  const { optimizer } = config;
  const wraps = typeof optimizer === 'object' && optimizer !== null && 'className' in optimizer;
  return wraps ? classInside(optimizer as unknown as SerializedObject) : className;
}
