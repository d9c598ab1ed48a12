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

/** In bytes: file systems take 255, and the name of a file that is being written is longer than its own. */
const LONGEST_SEGMENT = 200;
/** In bytes: half of what the shortest limit on whole paths leaves. */
const LONGEST_NAME = 2000;

/**
 * @throws ValueError unless `name` is a relative path that stays below the storage: names may come from files.
 */
export function checkName(name: string): void {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const isOdd = (segment: string): boolean =>
    segment === '' || segment === '.' || segment === '..' || bytes(segment) > LONGEST_SEGMENT;
  if (typeof name === 'string' && !name.split('/').some(isOdd) && !/[\\:\0]/.test(name) && bytes(name) <= LONGEST_NAME)
    return;
  throw new ValueError({
    where: `storage, '${String(name).length > 80 ? `${name.slice(0, 80)}…` : name}'`,
    problem: 'not a name that a storage can hold',
    expected: `segments of up to ${LONGEST_SEGMENT} bytes joined by '/', none empty, '.' or '..', without backslash, colon and NUL`,
  });
}

/**
 * The folder that a prefix of names is in, which a listing need not leave; empty for the storage itself.
 * @throws ValueError for a prefix that no name can have.
 */
export function folderOf(prefix: string): string {
  const folder = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')));
  if (prefix.includes('/')) checkName(folder);
  const rest = prefix.slice(folder === '' ? 0 : folder.length + 1);
  if (rest !== '' && rest !== '.') checkName(rest);
  return folder;
}
