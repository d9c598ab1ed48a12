// `npm run bench`: all workloads, then the table. `npm run bench -- cnn lstm` times those; their columns alone change.
// `--steps 5 --rounds 1` is a quick look, of which nothing is kept; `--without 'tfjs-layers CPU'` leaves one out that takes
// minutes a step.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generateMissing } from '../../scripts/lib/generate.mjs';
import { compare, type Row } from './measure.js';
import { type Results, showResults, versionsOf } from './table.js';
import { type WorkloadName, workloads } from './workloads.js';

await generateMissing();
const STEPS = 30;
const ROUNDS = 3;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string' }, rounds: { type: 'string' }, without: { type: 'string', multiple: true } },
});
const known = Object.keys(workloads) as WorkloadName[];
const unknown = positionals.filter((name) => !known.some((one) => one === name));
if (unknown.length > 0) throw new Error(`No workload is called ${unknown.join(', ')}. There are: ${known.join(', ')}`);
const wanted = positionals.length > 0 ? known.filter((name) => positionals.includes(name)) : known;
const steps = Number(values.steps ?? STEPS);
const rounds = Number(values.rounds ?? ROUNDS);
const kept = steps === STEPS && rounds === ROUNDS;

const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}`;
const before = existsSync(file('results.json'))
  ? (JSON.parse(readFileSync(file('results.json'), 'utf8')) as Results)
  : undefined;
const rows: Partial<Record<WorkloadName, Row>> =
  // Ratios hold within a column, but a table is of one machine.
  kept && before?.machine === machine && before.rounds === rounds ? { ...before.results } : {};

for (const workload of wanted) {
  rows[workload] = compare(workload, steps, rounds, values.without);
  const results = Object.fromEntries(known.flatMap((name) => (rows[name] === undefined ? [] : [[name, rows[name]]])));
  const all: Results = { machine, steps, rounds, versions: versionsOf(results), results };
  const last = workload === wanted.at(-1);
  if (last) console.log(`\n${showResults(all)}`);
  if (!kept) continue;
  writeFileSync(file('results.md'), showResults(all));
  writeFileSync(file('results.json'), `${JSON.stringify(all, null, 2)}\n`);
}
