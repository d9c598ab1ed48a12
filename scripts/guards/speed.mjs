import { join } from 'node:path';
import { showTable } from '../lib/guard.mjs';
import { capture, toolEnvironment } from '../lib/run.mjs';
import { readJson } from '../lib/workspace.mjs';

export const title = 'Training is as fast as it was';

/** How much of the ratio in bench/results.json must be left: machines differ, and are busy. */
const margin = 0.2;
/** Espalier is timed up to this often before it counts as slow: other work on the machine comes and goes. */
const rounds = 3;
const ours = 'Espalier WASM, 1 thread';
const results = 'bench/results.json';

/**
 * Ratios of two figures of the same run, never milliseconds. `steps` is small where the other side is slow.
 * @type {{ workload: string, other: string, args: string[], steps: number }[]}
 */
const comparisons = [
  { workload: 'mlp', other: 'tfjs-layers WASM', args: ['wasm'], steps: 15 },
  { workload: 'cnn', other: 'tfjs-layers CPU', args: ['cpu'], steps: 3 },
];

/** @param {string} root @param {string} script @param {string[]} args @param {number} steps */
async function median(root, script, args, steps) {
  const command = { command: process.execPath, args: ['--import', 'tsx', join(root, 'bench/src', script), ...args] };
  const { code, output } = await capture(command, {
    cwd: root,
    env: { ...toolEnvironment, BENCH_STEPS: String(steps) },
  });
  const line = output.split('\n').findLast((text) => text.startsWith('{"median"'));
  if (code !== 0 || line === undefined) throw new Error(`${script} ${args.join(' ')} ended with ${code}\n${output}`);
  return /** @type {number} */ (JSON.parse(line).median);
}

/** @param {string} root @returns {Promise<import('../lib/guard.mjs').Verdict>} */
export async function check(root) {
  const committed = readJson(join(root, results)).results;
  const violations = [];
  const rows = [];
  for (const { workload, other, args, steps } of comparisons) {
    const before = committed[workload][other].median / committed[workload][ours].median;
    const least = before * margin;
    const theirs = await median(root, 'tfjs/main.ts', [workload, ...args], steps);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds && !(theirs / best >= least); round++) {
      best = Math.min(best, await median(root, 'espalier/main.ts', [workload, '1'], 15));
    }
    const ratio = theirs / best;
    rows.push([`  ${workload}, beside ${other}`, `${ratio.toFixed(1)} times as fast`, `at least ${least.toFixed(1)}`]);
    if (!(ratio >= least)) {
      const problem = `${workload}: ${ratio.toFixed(2)} times as fast as ${other}, was ${before.toFixed(2)} (limit ${least.toFixed(2)}): find what became slow`;
      violations.push({ file: results, problem });
    }
  }
  return { checked: `${comparisons.length} ratios`, violations, table: showTable(rows, '') };
}
