import { bytesOf } from '../bytes/bytesOf.js';
import { ValueError } from '../errors/kinds.js';

/**
 * Where checkpoints live: files by name. Names are relative paths with `/` between folders; folders come and go with
 * their files.
 */
export interface Storage {
  /** How errors call the place of a file: its full path, where there is one. */
  locate(name: string): string;
  /**
   * A whole file. Whoever reads may be given any kind of view, such as Node's Buffer: `bytesOf` makes it plain.
   * @throws CheckpointError where it does not exist or cannot be read.
   */
  read(name: string): Promise<Uint8Array>;
  /**
   * Writes a whole file so that, whatever happens, there is the old file or the new one and never a part. The bytes stay
   * the caller's, who leaves them alone until it is done.
   * @throws CheckpointError where it cannot be written; the old file is then untouched.
   */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * The names of all files whose names start with `prefix`, sorted; with leftovers of writes that were cut off, so that
   * they can be removed.
   */
  list(prefix?: string): Promise<string[]>;
  /** Removes a file, or a folder with all in it; nothing happens where there is neither. */
  remove(name: string): Promise<void>;
  /** Whether there is a file of that name. */
  exists(name: string): Promise<boolean>;
}

/** A whole file as plain bytes, whatever kind of view the storage answers with. */
export async function readFile(storage: Storage, name: string): Promise<Uint8Array<ArrayBuffer>> {
  return bytesOf(await storage.read(name), storage.locate(name));
}

/**
 * @throws ValueError unless `name` is a relative path that stays below the storage: names may come from files.
 */
export function checkName(name: string): void {
  const outside = name.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (!outside && !/[\\:\0]/.test(name)) return;
  throw new ValueError({
    where: `storage, '${name}'`,
    problem: 'not a name that a storage can hold',
    expected: "segments joined by '/', none empty, '.' or '..', without backslash and colon",
  });
}
