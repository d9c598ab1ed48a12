import { bytesOf } from '../bytes/bytesOf.js';
import { CheckpointError, StateError, ValueError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';
import { fileError, hasCode } from './fileError.js';
import { checkName, folderOf, type Storage } from './Storage.js';

type Files = typeof import('node:fs/promises');
type Paths = typeof import('node:path');

/** Ends the names of files that are being written. */
const PARTIAL = '.partial';

/**
 * Files in a directory, in Node; the directory is made by the first write. A write goes to a temporary file in the
 * same folder, is flushed to the disk, renamed over the old file, and the folder is flushed: after a crash, a kill or
 * a power cut there is the old file or the new one. A listing reads only the folder of its prefix and those below, and
 * follows no links; nothing is written or removed through a link that leads out of the directory.
 *
 * @param directory Absolute, or relative to the working directory of now.
 * @throws StateError outside Node, ValueError where `directory` is no path.
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
  if (typeof directory !== 'string' || directory === '') {
    throw new ValueError({
      where: 'fileStorage, directory',
      problem: 'this is not the path of a directory',
      got: describeValue(directory),
      mend: "write fileStorage('runs/first')",
    });
  }
  const fs = builtin<Files>('node:fs/promises');
  const paths = builtin<Paths>('node:path');
  const root = paths.resolve(directory);
  const pathOf = (name: string): string => {
    checkName(name);
    return paths.join(root, ...name.split('/'));
  };
  const requireInside = async (name: string): Promise<void> => {
    if (!(await leadsOut(fs, paths, root, name.slice(0, Math.max(0, name.lastIndexOf('/')))))) return;
    throw new CheckpointError({
      where: paths.join(root, name),
      problem: 'a link leads out of the directory of the storage',
      expected: `a folder below ${root}`,
      mend: 'make a storage of the folder that the link leads to',
    });
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
      await requireInside(name);
      try {
        await writeAtomically(fs, paths, path, plain);
      } catch (error) {
        throw fileError(error, path, 'write');
      }
    },
    async list(prefix = '') {
      const folder = folderOf(prefix);
      const found: string[] = [];
      try {
        if (await leadsOut(fs, paths, root, folder)) return [];
        await collect(fs, root, folder, prefix, found);
      } catch (error) {
        // No write has made the directory yet, or the folder is a file.
        if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
        throw fileError(error, paths.join(root, folder), 'list');
      }
      return found.sort();
    },
    async remove(name) {
      const path = pathOf(name);
      await requireInside(name);
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

/** Adds the names below a folder that start with the prefix. Links are not followed: they may lead out, or in a circle. */
async function collect(fs: Files, root: string, folder: string, prefix: string, found: string[]): Promise<void> {
  for (const entry of await fs.readdir(`${root}/${folder}`, { withFileTypes: true })) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!name.startsWith(prefix)) continue;
    if (entry.isFile()) found.push(name);
    else if (entry.isDirectory()) await collect(fs, root, name, prefix, found);
  }
}

/** Whether a folder that is there already is, through links, not below the root. */
async function leadsOut(fs: Files, paths: Paths, root: string, folder: string): Promise<boolean> {
  let at = root;
  for (const segment of folder.split('/')) {
    at = paths.join(at, segment);
    const stats = await fs.lstat(at).catch(() => undefined);
    if (stats === undefined) return false;
    if (!stats.isSymbolicLink() || segment === '') continue;
    const [inside, real] = await Promise.all([fs.realpath(root), fs.realpath(at).catch(() => '')]);
    if (!`${real}${paths.sep}`.startsWith(`${inside}${paths.sep}`)) return true;
  }
  return false;
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
