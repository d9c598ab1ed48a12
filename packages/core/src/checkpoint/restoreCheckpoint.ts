import { dispose } from '@tensorflow/tfjs-core';
import type { Callback } from '../callbacks/Callback.js';
import { CheckpointError } from '../errors/kinds.js';
import type { Module } from '../module/Module.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import type { FitProgress } from '../training/FitProgress.js';
import { restoreCallbacks } from './callbackStates.js';
import { latestCheckpoint } from './checkpointIds.js';
import { deviceTensor } from './hostTensors.js';
import { type Checkpoint, readCheckpoint } from './readCheckpoint.js';
import type { Storage } from './Storage.js';
import { checkWeights, loadWeights } from './weights.js';

/** What {@link restoreCheckpoint} gives the saved state to. */
export interface RestoreOptions {
  /** Built, with the same architecture as the one that was saved. */
  readonly model: Module;
  /** Of the same class as the one that was saved; left out, only weights are restored. */
  readonly optimizer?: Optimizer;
  /** The callbacks of the `fit` that will go on. */
  readonly callbacks?: readonly Callback[];
  /** Default: the newest complete checkpoint. */
  readonly id?: string;
}

/**
 * Takes model, optimizer and callbacks back to a checkpoint. All files are read and verified before anything changes.
 *
 * @returns Where the run stood: `model.fit(data, { resume })` goes on from there.
 * @throws CheckpointError where there is no checkpoint, a file is damaged, or it does not fit model or optimizer.
 */
export async function restoreCheckpoint(storage: Storage, options: RestoreOptions): Promise<FitProgress> {
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
  if (options.optimizer !== undefined) restoreOptimizer(options.optimizer, checkpoint, where);
  loadWeights(options.model, checkpoint.weights, where);
  restoreCallbacks(options.callbacks ?? [], checkpoint.callbacks);
  return checkpoint.progress;
}

function restoreOptimizer(optimizer: Optimizer, { optimizer: saved }: Checkpoint, where: string): void {
  const wanted = optimizer.serialize().className;
  if (saved?.serialized.className !== wanted) {
    throw new CheckpointError({
      where,
      problem: saved === undefined ? 'it was saved without an optimizer' : 'it was saved with another optimizer',
      expected: wanted,
      got: saved?.serialized.className ?? 'weights alone',
      mend: 'compile the model with that optimizer, or leave the optimizer out to restore the weights alone',
    });
  }
  const { iterations, scalars } = saved;
  const slots = new Map([...saved.slots].map(([name, slot]) => [name, deviceTensor(slot)]));
  try {
    optimizer.restore({ iterations, scalars, slots });
  } finally {
    dispose([...slots.values()]);
  }
}
