import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Timing } from './time.js';
import { type Workload, workloads } from './workloads.js';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const tsx = (file: string) => [process.execPath, '--import', 'tsx', here(file)];

/** Each runs in a process of its own: tfjs has one engine a process. */
const contenders: Record<string, (workload: Workload) => string[]> = {
  'Espalier WASM': (workload) => [...tsx('./espalier.ts'), workload],
  'tfjs-layers WASM': (workload) => [...tsx('./tfjsLayers.ts'), workload, 'wasm'],
  'tfjs-layers CPU': (workload) => [...tsx('./tfjsLayers.ts'), workload, 'cpu'],
  'PyTorch CPU': (workload) => ['python3', here('./pytorch.py'), workload],
};

type Cell = Timing | { readonly reason: string };

function measure(command: readonly string[]): Cell {
  const { status, stdout, stderr, error } = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8' });
  const line = stdout?.trim().split('\n').at(-1);
  if (status === 0 && line) return JSON.parse(line) as Timing;
  const lines = (stderr ?? '').split('\n');
  const why = lines.find((text) => /^\s*(Uncaught )?\w*Error: /.test(text)) ?? error?.message ?? `exit code ${status}`;
  return { reason: why.replace(/^\s*(Uncaught )?(\w*Error: )?/, '').slice(0, 100) };
}

const wanted = process.argv.slice(2).filter((name): name is Workload => name in workloads);
const results: Record<string, Record<string, Cell>> = {};
for (const workload of wanted.length > 0 ? wanted : (Object.keys(workloads) as Workload[])) {
  results[workload] = {};
  for (const [name, command] of Object.entries(contenders)) {
    process.stderr.write(`${workload}: ${name} …\n`);
    results[workload][name] = measure(command(workload));
  }
}

const versions = Object.keys(contenders).map((name) => {
  const timing = Object.values(results)
    .map((row) => row[name])
    .find((cell): cell is Timing => cell !== undefined && 'median' in cell);
  return `${name} ${timing === undefined ? '(did not run)' : `${timing.version}, ${timing.threads} thread`}`;
});
const notes: string[] = [];
const show = (cell: Cell, base: Cell): string => {
  if ('reason' in cell) {
    if (!notes.includes(cell.reason)) notes.push(cell.reason);
    return `cannot run [${notes.indexOf(cell.reason) + 1}]`;
  }
  const ratio = 'median' in base && cell !== base ? ` (${(cell.median / base.median).toFixed(2)} x)` : '';
  return `${cell.median.toFixed(1)} ms${ratio}${cell.steps < 30 ? `, n = ${cell.steps}` : ''}`;
};
const header = ['One training step, batch 32, Adam', ...Object.keys(contenders)];
const body = Object.entries(results).map(([workload, row]) => [
  workloads[workload as Workload],
  ...Object.values(row).map((cell) => show(cell, row['Espalier WASM']!)),
]);
const widths = header.map((title, c) => Math.max(title.length, ...body.map((row) => row[c]!.length)));
const line = (row: readonly string[]) => `| ${row.map((cell, c) => cell.padEnd(widths[c]!)).join(' | ')} |`;
const table = [header, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}`;
const text = [
  table,
  '',
  'Median milliseconds of 30 steps after 5 for warming up, and the ratio to Espalier in the same run.',
  ...notes.map((note, i) => `[${i + 1}] ${note}`),
  `${versions.join(' · ')}`,
  `${machine}; \`npm run bench\``,
  '',
].join('\n');
console.log(`\n${text}`);
writeFileSync(here('../results.md'), text);
writeFileSync(here('../results.json'), `${JSON.stringify({ machine, versions, results }, null, 2)}\n`);
