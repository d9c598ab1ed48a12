// `npm test`: install, build, every test. `npm test -- packages/core` hands its arguments to vitest.
import { existsSync } from 'node:fs';
import { chromiumMissing, findChromium } from './lib/chromium.mjs';
import { prepare } from './lib/prepare.mjs';
import { resultsFile, showTally, writeTally } from './lib/results.mjs';
import { attach, seconds, toolEnvironment } from './lib/run.mjs';
import { readJson } from './lib/workspace.mjs';

const start = performance.now();
const report = resultsFile('vitest');
resultsFile('tests');
await prepare();

const chromium = findChromium();
if (chromium === undefined) console.log(chromiumMissing);
const code = await attach(
  {
    command: process.execPath,
    args: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
  },
  { env: { ...toolEnvironment, ...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }) } },
);

if (!existsSync(report)) {
  console.error('vitest ended without a report');
  process.exit(code || 1);
}
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = readJson(report);
// A file that cannot even be loaded has no tests in it, and must count all the same.
const brokenFiles = testResults.filter(
  (/** @type {any} */ file) =>
    file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ one) => one.status === 'failed'),
).length;
const unexplained = code !== 0 && numFailedTests + brokenFiles === 0 ? 1 : 0;
const tally = {
  passed: numPassedTests,
  failed: numFailedTests + brokenFiles + unexplained,
  skipped: numPendingTests + numTodoTests,
};
writeTally('tests', tally);
console.log(`tests: ${showTally(tally)} in ${testResults.length} files (${seconds(start)})`);
process.exitCode = code;
