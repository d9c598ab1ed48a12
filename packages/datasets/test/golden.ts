import { readFileSync } from 'node:fs';

/** A golden file of the folder `parity`. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../parity/golden/${name}.json`, import.meta.url), 'utf8')) as T;
}
