import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, repository } from './workspace.mjs';

const folder = join(repository, '.cache', 'results');

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @param {string} name */
export function resultsFile(name) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  // A result left by an earlier run must never stand for one that crashed.
  rmSync(path, { force: true });
  return path;
}

/** @param {string} name @param {Tally} tally */
export const writeTally = (name, tally) => writeFileSync(resultsFile(name), JSON.stringify(tally));

/** @param {string[]} names @returns {Tally} a name without a result counts as one failure */
export function sumTallies(names) {
  mkdirSync(folder, { recursive: true });
  const present = new Set(readdirSync(folder));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const name of names) {
    const one = present.has(`${name}.json`)
      ? readJson(join(folder, `${name}.json`))
      : { passed: 0, failed: 1, skipped: 0 };
    sum.passed += one.passed;
    sum.failed += one.failed;
    sum.skipped += one.skipped;
  }
  return sum;
}

/** @param {Tally} tally */
export const showTally = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
