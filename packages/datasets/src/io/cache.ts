import type { NodeBuiltins } from './nodeBuiltins.js';

/**
 * The folder that downloads are kept in: `cacheDir` itself, else `$ESPALIER_CACHE`, else `espalier` in
 * `$XDG_CACHE_HOME` or `~/.cache`.
 */
export function cacheDirectory({ os, path }: NodeBuiltins, cacheDir?: string): string {
  // One by one: bundlers put values in the place of such expressions, and cannot do so for a pattern.
  const chosen = process.env.ESPALIER_CACHE;
  const xdg = process.env.XDG_CACHE_HOME;
  // The XDG specification has relative paths ignored.
  const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.cache');
  return path.resolve(cacheDir || chosen || path.join(base, 'espalier'));
}

/** Writes a file beside its final place and renames it, so that a crash leaves the old file or the new one. */
export async function writeAtomic({ fs, path }: NodeBuiltins, file: string, bytes: Uint8Array): Promise<void> {
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  // Two threads or calls of one process may write at the same moment.
  const draft = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    await fs.promises.writeFile(draft, bytes, { flush: true, flag: 'wx' });
    await fs.promises.rename(draft, file);
  } catch (error) {
    await fs.promises.rm(draft, { force: true });
    throw error;
  }
}
