import { contenders, reference } from './contenders.js';
import type { Cell, Row } from './measure.js';
import { type Workload, type WorkloadName, workloads } from './workloads.js';

/** What a run measured. */
export interface Results {
  readonly machine: string;
  /** How many steps a median is of, at most. */
  readonly steps: number;
  readonly rounds: number;
  /** What each contender says it is. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: Partial<Record<WorkloadName, Row>>;
}

/** The version that each contender said it has. */
export function versionsOf(results: Results['results']): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const row of Object.values(results)) {
    for (const [name, cell] of Object.entries(row)) if ('median' in cell) versions[name] = cell.version;
  }
  return versions;
}

/** The results as Markdown: contenders down, workloads across, ratios to Espalier's one thread in the same run. */
export function showResults({ machine, steps, rounds, versions, results }: Results): string {
  const names = Object.keys(results) as WorkloadName[];
  const notes: string[] = [];
  const show = (cell: Cell | undefined, base: Cell | undefined): string => {
    if (cell === undefined) return '–';
    if ('reason' in cell) {
      if (!notes.includes(cell.reason)) notes.push(cell.reason);
      return `cannot [${notes.indexOf(cell.reason) + 1}]`;
    }
    const ratio = base !== undefined && 'median' in base && cell !== base;
    return `${cell.median.toFixed(1)}${ratio ? ` (${digits(cell.median / base.median)}×)` : ''}${cell.steps < steps ? ` n=${cell.steps}` : ''}`;
  };
  const header = ['Milliseconds', ...names.map((name) => workloads[name].title)];
  const ran = contenders.filter(({ name }) => names.some((workload) => results[workload]?.[name] !== undefined));
  const body = ran.map(({ name }) => [
    name,
    ...names.map((workload) => show(results[workload]?.[name], results[workload]?.[reference])),
  ]);
  const widths = header.map((title, c) => Math.max(title.length, ...body.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, c) => cell.padEnd(widths[c]!)).join(' | ')} |`;
  return [
    ...[header, widths.map((width) => '-'.repeat(width)), ...body].map(line),
    '',
    `Median of ${steps} training steps (MobileNetV2: inferences) after at least 20 and a second for warming up${rounds > 1 ? `, the best of ${rounds} rounds or more` : ''}; in brackets the ratio to ${reference}, in the same run; n: of fewer steps, because they take long.`,
    ...notes.flatMap((note, i) => ['', `[${i + 1}] ${note}`]),
    '',
    ...names.map((name) => describe(workloads[name])),
    '',
    `${Object.entries(versions)
      .map(([name, version]) => `${name}: ${version}`)
      .join(' · ')}`,
    '',
    `${machine}; \`npm run bench\``,
    '',
  ].join('\n');
}

const digits = (ratio: number) => (ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0));

function describe({ title, about, inference, inputShape }: Workload): string {
  return `- ${title}: ${about}${inference ? '' : `; batch ${inputShape[0]}, Adam`}`;
}
