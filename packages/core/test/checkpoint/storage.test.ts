import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  promises,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileStorage, isEspalierError, memoryStorage, type Storage } from '@espalier/core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'espalier-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const freshFolder = (): string => join(root, String(count++));

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe.each<[string, () => Storage]>([
  ['memoryStorage', memoryStorage],
  ['fileStorage', () => fileStorage(freshFolder())],
])('%s', (_name, make) => {
  let storage: Storage;
  beforeEach(() => {
    storage = make();
  });

  it('gives back what was written last', async () => {
    await storage.write('a/b/c.bin', bytes(1, 2, 3));
    await storage.write('a/b/c.bin', bytes(4));
    expect(await storage.read('a/b/c.bin')).toEqual(bytes(4));
    expect(await storage.exists('a/b/c.bin')).toBe(true);
    expect(await storage.exists('a/b')).toBe(false);
    expect(await storage.exists('a/b/c.bin/d')).toBe(false);
  });

  it('keeps its own copy', async () => {
    const mine = bytes(1);
    await storage.write('a', mine);
    mine[0] = 2;
    (await storage.read('a'))[0] = 3;
    expect(await storage.read('a')).toEqual(bytes(1));
  });

  it('lists by prefix, sorted, and is empty at first', async () => {
    expect(await storage.list()).toEqual([]);
    for (const name of ['b/2', 'a', 'b/1', 'bc/1']) await storage.write(name, bytes());
    expect(await storage.list()).toEqual(['a', 'b/1', 'b/2', 'bc/1']);
    expect(await storage.list('b/')).toEqual(['b/1', 'b/2']);
  });

  it('removes files and folders, and nothing else', async () => {
    for (const name of ['b/2', 'b/1', 'bc/1', 'd']) await storage.write(name, bytes());
    await storage.remove('b');
    await storage.remove('d');
    await storage.remove('not-there');
    expect(await storage.list()).toEqual(['bc/1']);
  });

  it('names the file that is not there', async () => {
    const error: unknown = await storage.read('runs/none.json').catch((e: unknown) => e);
    expect(isEspalierError(error, 'CheckpointError')).toBe(true);
    expect(String(error)).toContain(storage.locate('runs/none.json'));
  });

  const long = 'x'.repeat(201);
  it.each([
    '',
    '/',
    '/etc/passwd',
    '..',
    '../x',
    'a/..',
    'a/../../x',
    'a//b',
    'a/',
    '.',
    './a',
    'a/./b',
    'a\\b',
    '..\\x',
    'C:x',
    'a\0b',
    '\0',
    long,
    `a/${long}/b`,
    `${'é'.repeat(101)}`,
    `${'a/'.repeat(1000)}b`,
  ])('refuses the name %j', async (name) => {
    for (const act of [storage.read(name), storage.write(name, bytes()), storage.remove(name), storage.exists(name)]) {
      await expect(act).rejects.toThrow('not a name that a storage can hold');
    }
  });

  it.each(['..', '../', '/', '/etc', '/etc/', 'a/../b', 'a//', 'a\\b', 'a\0', `${'x'.repeat(300)}`])(
    'refuses to list below %j',
    async (prefix) => {
      await expect(storage.list(prefix)).rejects.toThrow('not a name that a storage can hold');
    },
  );

  it('lists by any part of a name', async () => {
    const names = ['.hidden', 'a', 'a/b', 'ab/c/d', 'ab/cd/e', 'ab/cd/f/g', 'b'].filter((name) => name !== 'a');
    for (const name of names) await storage.write(name, bytes());
    const prefixes = [
      '',
      'a',
      'a/',
      'ab',
      'ab/',
      'ab/c',
      'ab/c/',
      'ab/cd/f/g',
      'ab/cd/f/g/',
      'ab/cd/f/gh',
      'z',
      'z/',
      '.',
    ];
    for (const prefix of prefixes) {
      expect(await storage.list(prefix), prefix).toEqual(names.filter((name) => name.startsWith(prefix)).sort());
    }
  });

  it('holds the longest names', async () => {
    const name = `${'x'.repeat(200)}/${'é'.repeat(100)}`;
    await storage.write(name, bytes(1));
    expect(await storage.read(name)).toEqual(bytes(1));
    expect(await storage.list()).toEqual([name]);
  });
});

describe('fileStorage', () => {
  it('leaves no temporary file behind, also where the rename fails', async () => {
    const folder = freshFolder();
    const storage = fileStorage(folder);
    await storage.write('w', bytes(1));
    mkdirSync(join(folder, 'taken/below'), { recursive: true });
    const error: unknown = await storage.write('taken', bytes(1)).catch((e: unknown) => e);
    expect(isEspalierError(error, 'CheckpointError')).toBe(true);
    expect(String(error)).toMatch(new RegExp(`^CheckpointError: ${join(folder, 'taken')}: could not write it`));
    expect(readdirSync(folder).sort()).toEqual(['taken', 'w']);
  });

  it('says so where a part of the path is a file', async () => {
    const storage = fileStorage(freshFolder());
    await storage.write('w', bytes(1));
    await expect(storage.write('w/below', bytes(1))).rejects.toThrow(
      /could not write it.*mend: +a part of the path is a file/s,
    );
  });

  it('lists what an interrupted write left, so that it can be removed', async () => {
    const folder = freshFolder();
    const storage = fileStorage(folder);
    await storage.write('a/w', bytes(1));
    writeFileSync(join(folder, 'a/w.0.partial'), '');
    expect(await storage.list()).toEqual(['a/w', 'a/w.0.partial']);
  });

  it('lists only below its prefix: nothing else is read', async () => {
    const folder = freshFolder();
    const storage = fileStorage(folder);
    for (const name of ['checkpoints/1/a', 'checkpoints/2/b', 'model']) await storage.write(name, bytes(1));
    // A folder that cannot be read, or holds a million files, is nobody's business.
    mkdirSync(join(folder, 'node_modules'));
    const read: string[] = [];
    const { readdir } = promises;
    promises.readdir = ((path: string, ...rest: []) => {
      read.push(path);
      return readdir(path, ...rest);
    }) as typeof readdir;
    try {
      expect(await storage.list('checkpoints/')).toEqual(['checkpoints/1/a', 'checkpoints/2/b']);
    } finally {
      promises.readdir = readdir;
    }
    expect(read.map((path) => relative(folder, path)).sort()).toEqual([
      'checkpoints',
      'checkpoints/1',
      'checkpoints/2',
    ]);
  });

  it('follows no link out of its directory, and says so where a write would', async () => {
    const [folder, outside] = [freshFolder(), freshFolder()];
    const storage = fileStorage(folder);
    await storage.write('kept/inside', bytes(1));
    await fileStorage(outside).write('below/secret', bytes(2));
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync(folder, join(folder, 'circle'));
    symlinkSync(join(folder, 'kept'), join(folder, 'near'));
    expect(await storage.list()).toEqual(['kept/inside']);
    expect(await storage.list('out/')).toEqual([]);
    expect(await storage.list('out/below/')).toEqual([]);
    for (const act of [
      () => storage.write('out/below/secret', bytes()),
      () => storage.write('out/new', bytes()),
      () => storage.remove('out/below'),
    ]) {
      await expect(act()).rejects.toThrow(/a link leads out of the directory/);
    }
    expect(await fileStorage(outside).read('below/secret')).toEqual(bytes(2));
    expect(await fileStorage(outside).list()).toEqual(['below/secret']);
    // Inside, links are as good as folders; the link itself can go.
    await storage.write('near/more', bytes(3));
    expect(await storage.list('near/')).toEqual(['near/inside', 'near/more']);
    await storage.remove('out');
    expect(await fileStorage(outside).list()).toEqual(['below/secret']);
  });

  it('may itself be reached through a link', async () => {
    const [folder, link] = [freshFolder(), freshFolder()];
    mkdirSync(folder);
    symlinkSync(folder, link);
    const storage = fileStorage(link);
    await storage.write('checkpoints/1/a', bytes(1));
    expect(await storage.list('checkpoints/')).toEqual(['checkpoints/1/a']);
    await storage.remove('checkpoints');
    expect(await storage.list()).toEqual([]);
  });

  it('keeps concurrent writes of one file apart', async () => {
    const storage = fileStorage(freshFolder());
    const versions = Array.from({ length: 8 }, (_, i) => new Uint8Array(100_000).fill(i));
    await Promise.all(versions.map((version) => storage.write('w', version)));
    expect(versions).toContainEqual(await storage.read('w'));
    expect(await storage.list()).toEqual(['w']);
  });
});

/** Writes in a process of its own, under the limits that the shell commands before it set. */
function writeUnder(
  limits: string,
  directory: string,
  size: number,
  user?: number,
): { stdout: string; stderr: string } {
  const script = fileURLToPath(new URL('writeChild.ts', import.meta.url));
  const command = `${limits} exec "${process.execPath}" --import tsx "${script}" "${directory}" ${size}`;
  return spawnSync('sh', ['-c', command], { encoding: 'utf8', ...(user !== undefined && { uid: user }) });
}

describe('a write that the system refuses leaves the old file alone and says what to do', () => {
  it('a limit on file size', async () => {
    const folder = freshFolder();
    await fileStorage(folder).write('model', bytes(1, 2, 3));
    const { stdout, stderr } = writeUnder("trap '' XFSZ; ulimit -f 64;", folder, 10_000_000);
    expect(stdout, stderr).toMatch(/model: could not write it.*EFBIG.*mend: +raise the limit on file size/s);
    expect(readdirSync(folder)).toEqual(['model']);
    expect([...readFileSync(join(folder, 'model'))]).toEqual([1, 2, 3]);
  });

  const noDisk = mountSmallDisk();
  if (noDisk.reason !== undefined) console.warn(`Skipped: a full disk. ${noDisk.reason}`);
  it.skipIf(noDisk.reason !== undefined)('a full disk', async () => {
    try {
      const storage = fileStorage(noDisk.folder);
      await storage.write('model', bytes(1, 2, 3));
      const error: unknown = await storage.write('model', new Uint8Array(10_000_000)).catch((e: unknown) => e);
      expect(isEspalierError(error, 'CheckpointError')).toBe(true);
      expect(String(error)).toMatch(/model: could not write it.*ENOSPC.*mend: +free some space/s);
      expect(readdirSync(noDisk.folder)).toEqual(['model']);
      expect(await storage.read('model')).toEqual(bytes(1, 2, 3));
    } finally {
      execFileSync('umount', [noDisk.folder]);
    }
  });

  it('a folder without the right to write', async () => {
    const folder = freshFolder();
    await fileStorage(folder).write('model', bytes(1, 2, 3));
    chmodSync(root, 0o755);
    chmodSync(folder, 0o555);
    // Rights do not bind root, so root becomes somebody else.
    const { stdout, stderr } = writeUnder('', folder, 10, process.getuid?.() === 0 ? 65534 : undefined);
    expect(stdout, stderr).toMatch(/model: could not write it.*EACCES.*mend: +give this user the right/s);
    expect(statSync(join(folder, 'model')).size).toBe(3);
  });
});

/** A disk of 1 MB, or why there is none. */
function mountSmallDisk(): { folder: string; reason?: string } {
  const folder = freshFolder();
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
    return { folder };
  } catch (error) {
    return { folder, reason: `mount: ${(error as Error).message.trim()}` };
  }
}
