import type { NodeBuiltins } from './nodeBuiltins.js';

/**
 * The folder that downloads are kept in: `cacheDir` itself, else `$ESPALIER_CACHE`, else `espalier` in
 * `$XDG_CACHE_HOME` or `~/.cache`.
 */
export function cacheDirectory({ os, path }: NodeBuiltins, cacheDir?: string): string {
  const { ESPALIER_CACHE, XDG_CACHE_HOME } = process.env;
  // The XDG specification has relative paths ignored.
  const base = XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : path.join(os.homedir(), '.cache');
  return path.resolve(cacheDir || ESPALIER_CACHE || path.join(base, 'espalier'));
}

/** Writes a file beside its final place and renames it, so that a crash leaves the old file or the new one. */
export async function writeAtomic({ fs, path }: NodeBuiltins, file: string, bytes: Uint8Array): Promise<void> {
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.${Date.now().toString(36)}.tmp`;
  try {
    await fs.promises.writeFile(draft, bytes, { flush: true });
    await fs.promises.rename(draft, file);
  } catch (error) {
    await fs.promises.rm(draft, { force: true });
    throw error;
  }
}
