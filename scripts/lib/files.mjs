import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** @param {string} path */
const posix = (path) => path.split(sep).join('/');

/**
 * Files below a folder, as paths relative to `root` with forward slashes; never into node_modules or build outputs.
 * @param {string} root
 * @param {string} folder relative to root
 * @param {(path: string) => boolean} [keep]
 * @returns {string[]}
 */
export function filesUnder(root, folder, keep = () => true) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true })
    .flatMap((entry) => {
      const path = posix(relative(root, join(start, entry.name)));
      if (entry.isDirectory()) {
        return entry.name === 'node_modules' || entry.name === 'dist' ? [] : filesUnder(root, path, keep);
      }
      return entry.isFile() && keep(path) ? [path] : [];
    })
    .sort();
}

/**
 * What git tracks or would track. In a copy that is no git repository, every file that is not installed or built.
 * @param {string} root
 * @returns {string[]}
 */
export function trackedFiles(root) {
  if (!existsSync(join(root, '.git'))) return filesUnder(root, '.');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

/** @param {string} root @param {string} path */
export const readText = (root, path) => readFileSync(join(root, path), 'utf8');
