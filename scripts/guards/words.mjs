import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trackedFiles } from '../lib/files.mjs';

export const title = 'No file names a machine or a registry';

// Put together from parts, so that this file passes its own test.
const folders = ['work', 'root', 'tmp', 'home', 'Users'].join('|');
const hosts = [
  'registry\\.npmjs',
  'registry\\.yarnpkg',
  'npmmirror',
  'pkgs\\.dev\\.azure',
  'files\\.pythonhosted',
  'pypi',
];

/** @type {{ pattern: RegExp, problem: string, only?: RegExp, except?: RegExp }[]} */
const rules = [
  {
    pattern: new RegExp(`(?<![\\w.~$}*/-])/(?:${folders})/[\\w.-]+`),
    problem: 'is a path of one machine',
    except: /\.(?:golden\.json|safetensors)$/,
  },
  { pattern: new RegExp(`(?:${hosts.join('|')})\\.(?:org|com|io)`), problem: 'is the host of a package registry' },
  {
    pattern: /\btarball: ?\S+/,
    problem: 'ties the lockfile to one host: install with the plain registry',
    only: /pnpm-lock\.yaml$/,
  },
];

/** @param {string} root @returns {import('../lib/guard.mjs').Verdict} */
export function check(root) {
  /** @type {import('../lib/guard.mjs').Violation[]} */
  const violations = [];
  const files = trackedFiles(root);
  for (const file of files) {
    const bytes = readFileSync(join(root, file));
    if (bytes.includes(0)) continue;
    const lines = bytes.toString('utf8').split('\n');
    for (const { pattern, problem, only, except } of rules) {
      if (only?.test(file) === false || except?.test(file)) continue;
      lines.forEach((text, index) => {
        const found = pattern.exec(text);
        if (found !== null) violations.push({ file, line: index + 1, problem: `'${found[0]}' ${problem}` });
      });
    }
  }
  return { checked: `${files.length} files`, violations };
}
