import { bytesOf } from '../bytes/bytesOf.js';
import { StateError } from '../errors/kinds.js';
import { fileError, hasCode } from './fileError.js';
import { checkName, type Storage } from './Storage.js';

type Files = typeof import('node:fs/promises');
type Paths = typeof import('node:path');

/** Ends the names of files that are being written. */
const PARTIAL = '.partial';

/**
 * Files in a directory, in Node; the directory is made by the first write. A write goes to a temporary file in the
 * same folder, is flushed to the disk, renamed over the old file, and the folder is flushed: after a crash, a kill or
 * a power cut there is the old file or the new one.
 *
 * @param directory Absolute, or relative to the working directory of now.
 * @throws StateError outside Node.
 *
 * @example
 * ```ts
 * import { fileStorage } from '@espalier/core';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 *
 * const storage = fileStorage(mkdtempSync(`${tmpdir()}/run-`));
 * await storage.write('notes/first.txt', new TextEncoder().encode('hello'));
 * if (!(await storage.exists('notes/first.txt'))) throw new Error('lost');
 * ```
 */
export function fileStorage(directory: string): Storage {
  const fs = builtin<Files>('node:fs/promises');
  const paths = builtin<Paths>('node:path');
  const root = paths.resolve(directory);
  const pathOf = (name: string): string => {
    checkName(name);
    return paths.join(root, ...name.split('/'));
  };
  return {
    locate: (name) => paths.join(root, name),
    async read(name) {
      const path = pathOf(name);
      try {
        const bytes = bytesOf(await fs.readFile(path), path);
        // A Buffer may be a part of memory that Node shares out among many.
        return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
      } catch (error) {
        throw fileError(error, path, 'read');
      }
    },
    async write(name, bytes) {
      const path = pathOf(name);
      const plain = bytesOf(bytes, path);
      try {
        await writeAtomically(fs, paths, path, plain);
      } catch (error) {
        throw fileError(error, path, 'write');
      }
    },
    async list(prefix = '') {
      try {
        const entries = await fs.readdir(root, { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) => paths.relative(root, paths.join(entry.parentPath, entry.name)).split(paths.sep).join('/'))
          .filter((name) => name.startsWith(prefix))
          .sort();
      } catch (error) {
        // No write has made the directory yet.
        if (hasCode(error, 'ENOENT')) return [];
        throw fileError(error, root, 'list');
      }
    },
    async remove(name) {
      const path = pathOf(name);
      try {
        await fs.rm(path, { recursive: true, force: true });
      } catch (error) {
        throw fileError(error, path, 'remove');
      }
    },
    async exists(name) {
      const path = pathOf(name);
      try {
        return (await fs.stat(path)).isFile();
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
        throw fileError(error, path, 'read');
      }
    },
  };
}

async function writeAtomically(fs: Files, paths: Paths, path: string, bytes: Uint8Array): Promise<void> {
  const folder = paths.dirname(path);
  const firstMade = await fs.mkdir(folder, { recursive: true });
  const partial = `${path}.${globalThis.crypto.randomUUID()}${PARTIAL}`;
  try {
    // 'wx' never writes into a file that is somebody else's.
    const file = await fs.open(partial, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(partial, path);
  } catch (error) {
    await fs.rm(partial, { force: true });
    throw error;
  }
  await flushFolder(fs, folder);
  if (firstMade === undefined) return;
  // A new folder is an entry of the one above it, which must be on the disk too.
  for (let made = folder; made.length >= firstMade.length; made = paths.dirname(made)) {
    await flushFolder(fs, paths.dirname(made));
  }
}

async function flushFolder(fs: Files, folder: string): Promise<void> {
  // Windows cannot open a folder as a file, and makes renames durable by itself.
  if (globalThis.process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function builtin<T>(name: string): T {
  const found = typeof process === 'object' ? (process.getBuiltinModule?.(name) as T | undefined) : undefined;
  if (found !== undefined) return found;
  throw new StateError({
    where: 'fileStorage',
    problem: 'there are no files here',
    expected: 'Node 20.16 or later',
    mend: 'use memoryStorage(), or give a Storage of your own',
  });
}
