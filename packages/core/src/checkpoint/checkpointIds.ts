import type { FitProgress } from '../training/FitProgress.js';
import { requireStorage } from './requireStorage.js';
import type { Storage } from './Storage.js';

const ROOT = 'checkpoints';
/** Written last: a folder without it is not a checkpoint. */
const RECORD = 'training.json';
const ID = /^(\d{6,})-epoch\d+-batch\d+$/;

/** Where a checkpoint's files are. */
export function checkpointFile(id: string, file: string): string {
  return `${ROOT}/${id}/${file}`;
}

/** Where the record of a checkpoint is. */
export function recordFile(id: string): string {
  return checkpointFile(id, RECORD);
}

/** Numbered in the order of saving, so that the newest is last even where a run went back to an earlier epoch. */
export function nextId(folders: readonly string[], { epoch, batch }: FitProgress): string {
  const last = folders.at(-1);
  const number = last === undefined ? 1 : numberOf(last) + 1;
  const padded = (n: number, digits: number): string => String(n).padStart(digits, '0');
  return `${padded(number, 6)}-epoch${padded(epoch, 4)}-batch${padded(batch, 6)}`;
}

/** The checkpoints of a storage, oldest first: the complete ones, and all folders including those cut off. */
export async function findCheckpoints(storage: Storage): Promise<{ complete: string[]; all: string[] }> {
  requireStorage(storage, 'checkpoints, storage');
  const complete = new Set<string>();
  const all = new Set<string>();
  for (const name of await storage.list(`${ROOT}/`)) {
    const [, id = '', ...file] = name.split('/');
    if (!ID.test(id)) continue;
    all.add(id);
    if (file.join('/') === RECORD) complete.add(id);
  }
  const inOrder = (ids: Set<string>): string[] => [...ids].sort((a, b) => numberOf(a) - numberOf(b));
  return { complete: inOrder(complete), all: inOrder(all) };
}

/** Removes a checkpoint; one whose removal is cut off is no longer a checkpoint. */
export async function removeCheckpoint(storage: Storage, id: string): Promise<void> {
  await storage.remove(recordFile(id));
  await storage.remove(`${ROOT}/${id}`);
}

/** The ids of all complete checkpoints, oldest first. */
export async function listCheckpoints(storage: Storage): Promise<string[]> {
  return (await findCheckpoints(storage)).complete;
}

/** The id of the newest complete checkpoint, if there is one. */
export async function latestCheckpoint(storage: Storage): Promise<string | undefined> {
  return (await listCheckpoints(storage)).at(-1);
}

function numberOf(id: string): number {
  return Number(ID.exec(id)?.[1]);
}
