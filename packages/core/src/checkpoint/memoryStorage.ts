import { bytesOf } from '../bytes/bytesOf.js';
import { CheckpointError, ValueError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';
import { checkName, folderOf, type Storage } from './Storage.js';

/**
 * A storage that forgets: for tests, and for browsers until the files are sent elsewhere.
 *
 * @example
 * ```ts
 * import { memoryStorage } from '@espalier/core';
 *
 * const storage = memoryStorage();
 * await storage.write('runs/1/notes', new Uint8Array([1, 2]));
 * if ((await storage.list('runs/')).join() !== 'runs/1/notes') throw new Error('lost');
 * ```
 */
export function memoryStorage(...none: readonly never[]): Storage {
  if (none.length > 0) {
    throw new ValueError({
      where: 'memoryStorage',
      problem: 'it takes nothing: what it holds is gone with the program',
      got: describeValue(none[0]),
      mend: 'for a directory write fileStorage(directory)',
    });
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    locate: (name) => name,
    async read(name) {
      checkName(name);
      const bytes = files.get(name);
      if (bytes === undefined) throw new CheckpointError({ where: name, problem: 'there is no such file in memory' });
      return bytes.slice();
    },
    async write(name, bytes) {
      checkName(name);
      files.set(name, bytesOf(bytes, name).slice());
    },
    async list(prefix = '') {
      folderOf(prefix);
      return [...files.keys()].filter((name) => name.startsWith(prefix)).sort();
    },
    async remove(name) {
      checkName(name);
      for (const held of files.keys()) if (held === name || held.startsWith(`${name}/`)) files.delete(held);
    },
    async exists(name) {
      checkName(name);
      return files.has(name);
    },
  };
}
