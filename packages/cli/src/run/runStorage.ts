import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError, fileStorage, type Storage } from '@espalier/core';
import { megabytes } from '../terminal/numbers.js';
import { fileProblem } from './fileProblem.js';

/** More than any description of a run or vocabulary has. */
const LARGEST_JSON = 64 * 2 ** 20;

/** The folder that people move to a larger disk, with a link in its place. */
const CHECKPOINTS = 'checkpoints';

/**
 * The files of a run directory. Reads take ordinary files only, which end; writes are preceded by `beforeWrite`, so that a
 * directory that was removed does not come back with half of its files. Storages do not leave their directory through
 * links; that `checkpoints/` is one is what its user wants, so that its files are those of the folder it leads to.
 */
export function runStorage(path: string, beforeWrite: () => void): Storage {
  const own = fileStorage(path);
  const prefix = `${CHECKPOINTS}/`;
  const elsewhere = (): Storage | undefined => {
    const linked = folderBehind(join(path, CHECKPOINTS));
    return linked === undefined ? undefined : fileStorage(linked);
  };
  const at = <T>(name: string, act: (storage: Storage, name: string) => T): T => {
    const storage = name.startsWith(prefix) ? elsewhere() : undefined;
    return storage === undefined ? act(own, name) : act(storage, name.slice(prefix.length));
  };
  return {
    locate: (name) => own.locate(name),
    async read(name) {
      requireOrdinary(own.locate(name), name);
      return at(name, (storage, inside) => storage.read(inside));
    },
    async write(name, bytes) {
      beforeWrite();
      await at(name, (storage, inside) => storage.write(inside, bytes));
    },
    async list(start = '') {
      const storage = start.startsWith(prefix) ? elsewhere() : undefined;
      if (storage === undefined) return own.list(start);
      const names = await storage.list(start.slice(prefix.length));
      return names.map((name) => prefix + name);
    },
    remove: (name) => at(name, (storage, inside) => storage.remove(inside)),
    exists: (name) => at(name, (storage, inside) => storage.exists(inside)),
  };
}

/** The folder that a link leads to; undefined where it is no link, or leads to none. */
function folderBehind(path: string): string | undefined {
  try {
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function requireOrdinary(path: string, name: string): void {
  let found: ReturnType<typeof statSync>;
  try {
    found = statSync(path);
  } catch (error) {
    throw fileProblem(error, path, CheckpointError);
  }
  const mend = 'restore the file from a copy, or train again';
  if (!found.isFile()) throw new CheckpointError({ where: path, problem: 'it is no ordinary file', mend });
  if (!name.endsWith('.json') || found.size <= LARGEST_JSON) return;
  throw new CheckpointError({
    where: path,
    problem: 'it is larger than such a file can be',
    expected: `at most ${megabytes(LARGEST_JSON)}`,
    got: megabytes(found.size),
    mend,
  });
}
