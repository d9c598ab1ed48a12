import { describeValue, ValueError } from '@espalier/core';
import { cacheDirectory } from './cache.js';
import { nodeBuiltins } from './nodeBuiltins.js';
import { packageFolder } from './packageFolder.js';

/**
 * The folder that loaders keep downloads in: `cacheDir` itself, else `$ESPALIER_CACHE`, else `espalier` in
 * `$XDG_CACHE_HOME` or `~/.cache`. It need not exist yet; undefined in a browser, where nothing is kept.
 *
 * @throws ValueError where `cacheDir` is no text.
 */
export function downloadFolder(cacheDir?: string): string | undefined {
  if (cacheDir !== undefined) requireText(cacheDir, 'downloadFolder', 'the path of a folder');
  const node = nodeBuiltins();
  return node && cacheDirectory(node, cacheDir);
}

/**
 * The folder in which loaders find an installed npm package of data, as seen from the working directory or from this
 * package; undefined where it is not installed, and in a browser.
 *
 * @throws ValueError where it is no text.
 */
export function installedFolder(packageName: string): string | undefined {
  requireText(packageName, 'installedFolder', 'the name of a package');
  const node = nodeBuiltins();
  return node && packageFolder(node, packageName);
}

function requireText(value: unknown, where: string, what: string): void {
  if (typeof value === 'string') return;
  throw new ValueError({ where, problem: `this is not ${what}`, expected: 'text', got: describeValue(value) });
}
