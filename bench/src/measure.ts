import { spawnSync } from 'node:child_process';
import { type Contender, contenders } from './contenders.js';
import type { Timing } from './time.js';
import { type WorkloadName, workloads } from './workloads.js';

/** A figure, or why there is none. */
export type Cell = Timing | { readonly reason: string };
/** The cells of one workload by contender. */
export type Row = Readonly<Record<string, Cell>>;

/** Runs a contender in a process of its own. */
export function measure({ command, cannot }: Contender, workload: WorkloadName, steps: number): Cell {
  const reason = cannot?.[workload];
  if (reason !== undefined) return { reason };
  const [program, ...args] = command(workload);
  const env = { ...process.env, BENCH_STEPS: String(steps) };
  const { status, stdout, stderr, error } = spawnSync(program!, args, { encoding: 'utf8', env });
  const line = stdout?.trim().split('\n').at(-1);
  if (status === 0 && line) return JSON.parse(line) as Timing;
  const said = (stderr ?? '').trim().split('\n');
  const why = said.findLast((text) => /^\s*(Uncaught )?\w*Error: /.test(text)) ?? error?.message;
  return { reason: (why ?? `exit code ${status}`).replace(/^\s*(Uncaught )?(\w*Error: )?/, '').slice(0, 120) };
}

/** A contender that is done within this time is timed in more rounds: its steps are short, and other work hits them hard. */
const QUICK_MS = 10_000;
const MORE_ROUNDS = 2;

/**
 * Times every contender, one after the other and then again, and keeps the better round of each: other work on the
 * machine then rarely hits one contender alone. What was too slow for all its steps is not timed again, what is quick
 * more often.
 */
export function compare(workload: WorkloadName, steps: number, rounds: number, without: readonly string[] = []): Row {
  const row: Record<string, Cell> = {};
  const quick = new Set<string>();
  for (let round = 1; round <= rounds * MORE_ROUNDS; round++) {
    for (const contender of contenders) {
      const { name, only } = contender;
      if (without.includes(name)) row[name] = { reason: 'left out of this run: it takes minutes a step' };
      const before = row[name];
      const settled = before !== undefined && ('reason' in before || before.steps < steps);
      if (settled || (only !== undefined && !only.includes(workload))) continue;
      if (round > rounds && !quick.has(name)) continue;
      process.stderr.write(`${workloads[workload].title}, round ${round}: ${name} … `);
      const start = performance.now();
      const cell = measure(contender, workload, steps);
      if (performance.now() - start < QUICK_MS) quick.add(name);
      process.stderr.write('reason' in cell ? `cannot: ${cell.reason}\n` : `${cell.median.toFixed(1)} ms\n`);
      const better = before === undefined || ('median' in cell && 'median' in before && cell.median < before.median);
      if (better) row[name] = cell;
    }
  }
  return row;
}
