import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository. Guards take a root of their own, so that their tests can hand them a copy. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, any>} [exports]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {object} WorkspacePackage
 * @property {string} name the name it is published under, `@espalier/core`
 * @property {string} short the folder's name, `core`
 * @property {string} folder absolute
 * @property {Manifest} manifest
 */

/** @param {string} path @returns {any} */
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * Every published package, read from the folders, so that a new one cannot be forgotten by any tool.
 * @param {string} [root]
 * @returns {WorkspacePackage[]}
 */
export function publishedPackages(root = repository) {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .filter((short) => existsSync(join(packages, short, 'package.json')))
    .sort()
    .map((short) => {
      const folder = join(packages, short);
      const manifest = /** @type {Manifest} */ (readJson(join(folder, 'package.json')));
      return { name: manifest.name, short, folder, manifest };
    })
    .filter(({ manifest }) => manifest.private !== true);
}
