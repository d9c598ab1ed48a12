// `npm run guards`: what tests cannot see. `npm run guards -- imports docs` runs those alone. They read the built packages.
import { readdirSync } from 'node:fs';
import { showTable, showViolation } from '../lib/guard.mjs';
import { writeTally } from '../lib/results.mjs';
import { seconds } from '../lib/run.mjs';
import { repository } from '../lib/workspace.mjs';

const self = 'run.mjs';
const known = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && file !== self)
  .map((file) => file.slice(0, -'.mjs'.length))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No guard is called ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  process.exit(1);
}

const rows = [];
let failed = 0;
for (const name of wanted.length > 0 ? wanted : known) {
  const start = performance.now();
  /** @type {import('../lib/guard.mjs').Guard} */
  const guard = await import(`./${name}.mjs`);
  /** @type {import('../lib/guard.mjs').Verdict} */
  let verdict;
  try {
    verdict = await guard.check(repository);
  } catch (error) {
    const problem = `could not run: ${error instanceof Error ? error.message : error}`;
    verdict = { checked: 'nothing', violations: [{ file: `scripts/guards/${name}.mjs`, problem }] };
  }
  const { checked, violations, table } = verdict;
  if (violations.length > 0) failed += 1;
  if (table !== undefined) console.log(`${guard.title}\n${table}\n`);
  if (violations.length > 0) {
    console.log(`${guard.title}: ${violations.length} violations`);
    for (const violation of violations) console.log(`  ${showViolation(violation)}`);
    console.log('');
  }
  rows.push([violations.length === 0 ? `ok    ${name}` : `FAIL  ${name}`, checked, seconds(start)]);
}
console.log(showTable(rows, ''));
// A run of some guards must not pass for a run of all of them.
if (wanted.length === 0) writeTally('guards', { passed: rows.length - failed, failed, skipped: 0 });
console.log(`guards: ${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
