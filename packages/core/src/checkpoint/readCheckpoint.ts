import type { CallbackState } from '../callbacks/Callback.js';
import { CheckpointError } from '../errors/kinds.js';
import type { FitProgress } from '../training/FitProgress.js';
import { checkpointFile, listCheckpoints, recordFile } from './checkpointIds.js';
import { decodeSafetensors } from './decodeSafetensors.js';
import type { HostTensor } from './HostTensor.js';
import { readFile, type Storage } from './Storage.js';
import { sha256 } from './sha256.js';
import { decodeRecord, type FileSeal, type OptimizerRecord } from './trainingRecord.js';

/** A checkpoint, read and verified. */
export interface Checkpoint {
  /** The name of its folder. */
  readonly id: string;
  /** Where the run stood. */
  readonly progress: FitProgress;
  /** The weights and state of the model, by path. */
  readonly weights: Map<string, HostTensor>;
  /** Absent where the checkpoint was saved without one. */
  readonly optimizer: (OptimizerRecord & { readonly slots: Map<string, HostTensor> }) | undefined;
  /** By key; see `Callback.name`. */
  readonly callbacks: Map<string, CallbackState>;
}

/**
 * Reads a checkpoint and verifies the size and SHA-256 of every file.
 * @throws CheckpointError where there is no complete checkpoint of that id or a file of it is missing or damaged,
 * naming the file and the checkpoint before it.
 */
export async function readCheckpoint(storage: Storage, id: string): Promise<Checkpoint> {
  const complete = await listCheckpoints(storage);
  const position = complete.indexOf(id);
  if (position === -1) {
    throw new CheckpointError({
      where: storage.locate(checkpointFile(id, '')),
      problem: 'there is no complete checkpoint of that id',
      expected: complete.length === 0 ? 'a storage with checkpoints' : `one of ${complete.join(', ')}`,
      got: id,
    });
  }
  const previous = complete[position - 1];
  const mend = `delete the folder checkpoints/${id} to ${previous === undefined ? 'start over' : `go on from ${previous}`}`;
  const recordName = recordFile(id);
  const record = await decodeRecord(await readFile(storage, recordName), storage.locate(recordName), mend);

  const tensorsOf = async (file: string): Promise<Map<string, HostTensor>> => {
    const seal = record.files[file];
    if (seal === undefined) return new Map();
    return readSealed(storage, checkpointFile(id, file), seal, mend);
  };
  const { optimizer, progress } = record;
  const weights = await tensorsOf('model.safetensors');
  const slots = await tensorsOf('optimizer.safetensors');
  const tensors = await tensorsOf('callbacks.safetensors');
  const callbacks = new Map<string, CallbackState>();
  for (const [key, values] of Object.entries(record.callbacks)) {
    callbacks.set(key, { values, tensors: below(tensors, `${key}/`) });
  }
  return { id, progress, weights, optimizer: optimizer === null ? undefined : { ...optimizer, slots }, callbacks };
}

async function readSealed(
  storage: Storage,
  name: string,
  seal: FileSeal,
  mend: string,
): Promise<Map<string, HostTensor>> {
  const where = storage.locate(name);
  if (!(await storage.exists(name))) {
    throw new CheckpointError({ where, problem: 'a file of the checkpoint is missing', mend });
  }
  const bytes = await readFile(storage, name);
  const hash = await sha256(bytes);
  if (bytes.length !== seal.bytes || hash !== seal.sha256) {
    throw new CheckpointError({
      where,
      problem: 'a file of the checkpoint is damaged',
      expected: `${seal.bytes} bytes, SHA-256 ${seal.sha256}`,
      got: `${bytes.length} bytes, SHA-256 ${hash}`,
      mend,
    });
  }
  return decodeSafetensors(bytes, where).tensors;
}

function below(tensors: ReadonlyMap<string, HostTensor>, prefix: string): Map<string, HostTensor> {
  const found = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) if (name.startsWith(prefix)) found.set(name.slice(prefix.length), tensor);
  return found;
}
