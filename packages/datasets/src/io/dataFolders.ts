import { cacheDirectory } from './cache.js';
import { nodeBuiltins } from './nodeBuiltins.js';
import { packageFolder } from './packageFolder.js';

/**
 * The folder that loaders keep downloads in: `cacheDir` itself, else `$ESPALIER_CACHE`, else `espalier` in
 * `$XDG_CACHE_HOME` or `~/.cache`. It need not exist yet; undefined in a browser, where nothing is kept.
 */
export function downloadFolder(cacheDir?: string): string | undefined {
  const node = nodeBuiltins();
  return node && cacheDirectory(node, cacheDir);
}

/**
 * The folder in which loaders find an installed npm package of data, as seen from the working directory or from this
 * package; undefined where it is not installed, and in a browser.
 */
export function installedFolder(packageName: string): string | undefined {
  const node = nodeBuiltins();
  return node && packageFolder(node, packageName);
}
