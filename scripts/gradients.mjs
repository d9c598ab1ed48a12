// `npm run gradients`: differentiates every operation on every backend and writes the table of the documentation,
// packages/core/test/gradients/table.md, out of what the tests found.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from './lib/run.mjs';
import { repository } from './lib/workspace.mjs';

const tests = 'packages/core/test/gradients';
const columns = [
  { file: 'cpu', title: 'CPU' },
  { file: 'wasm', title: 'WASM, 1 thread' },
  { file: 'wasmThreads', title: 'WASM, 2 threads' },
];

const folder = mkdtempSync(join(tmpdir(), 'gradients-'));
try {
  const args = ['vitest', 'run', ...columns.map(({ file }) => `${tests}/${file}.test.ts`)];
  const env = { ...process.env, ESPALIER_GRADIENTS: folder };
  const { code, output } = await capture({ command: 'npx', args }, { cwd: repository, env });
  if (code !== 0) {
    console.error(output);
    process.exit(1);
  }
  const page = render(columns.map(({ file, title }) => ({ title, found: read(join(folder, `${file}.json`)) })));
  writeFileSync(join(repository, tests, 'table.md'), page);
  console.log(page);
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * @typedef {{ op: string, kernel?: string, cases: number, error?: number, reason?: string }} Finding
 * @typedef {{ title: string, found: Finding[] | undefined }} Column
 */

/** @param {string} file @returns {Finding[] | undefined} */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** @param {Column[]} all */
function render(all) {
  const measured = all.filter(({ found }) => found !== undefined);
  const everything = measured.flatMap(({ found }) => found ?? []);
  const ops = [...new Set(everything.map(({ op }) => op))].sort((a, b) => a.localeCompare(b, 'en'));
  const total = (measured[0]?.found ?? []).reduce((sum, { cases }) => sum + cases, 0);
  const titles = ['Operation', ...all.map(({ title }) => title), 'Cases', 'Largest relative error', 'Gradient of'];
  const lines = ops.map((op) => {
    const mine = everything.filter((finding) => finding.op === op);
    const errors = mine.flatMap(({ error }) => error ?? []);
    const kernels = [...new Set(mine.flatMap(({ kernel }) => kernel ?? []))];
    const cells = [
      `\`${op}\``,
      ...all.map(({ found }) => mark(found?.filter((finding) => finding.op === op))),
      cases(measured[0]?.found, op),
      Math.max(...errors).toExponential(0),
      kernels.map(link).join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `${[
    `${ops.length} operations, ${total} cases on each of ${measured.length} backends.`,
    '',
    `| ${titles.join(' | ')} |`,
    `|${titles.map(() => '---').join('|')}|`,
    ...lines,
    '',
    '## Without a gradient',
    '',
    '| Operations | Why |',
    '|---|---|',
    ...withoutGradient(),
  ].join('\n')}\n`;
}

/** @param {Finding[] | undefined} found @param {string} op */
function cases(found, op) {
  return String((found ?? []).filter((finding) => finding.op === op).reduce((sum, finding) => sum + finding.cases, 0));
}

/** ✓, or what keeps which cases from being checked. @param {Finding[] | undefined} found */
function mark(found) {
  if (found === undefined) return 'not measured: one thread';
  const lacking = found.filter(({ reason }) => reason !== undefined);
  if (lacking.length === 0) return '✓';
  const reasons = [...new Set(lacking.map(({ reason }) => reason))].join('; ');
  return lacking.length === found.length ? reasons : `✓ but for ${lacking.length}: ${reasons}`;
}

/** Links the name of a kernel to the source of its gradient. @param {string} kernel */
function link(kernel) {
  const sources = 'packages/core/src/gradients';
  // Fused kernels are differentiated as what they are made of.
  const base = { _FusedMatMul: 'BatchMatMul', FusedConv2D: 'Conv2D', FusedDepthwiseConv2D: 'DepthwiseConv2dNative' };
  const name = base[/** @type {keyof typeof base} */ (kernel)] ?? kernel;
  const bare = name.replace(/3D$/, '').replace(/Grad$/, '');
  const files = readdirSync(join(repository, sources)).filter(
    (file) => !/^(biasActivation|kernels|shapes)\.ts$/.test(file),
  );
  const holds = (/** @type {string} */ word) =>
    files.find((file) =>
      new RegExp(
        `(kernelName: |forward: |to\\w+: |Gradient\\(|\\[)'${word}'|^ {2}${word}[:(]|'[\\w ]*\\b${word}\\b[\\w ]*',$`,
        'm',
      ).test(readFileSync(join(repository, sources, file), 'utf8')),
    );
  const file = holds(name) ?? holds(bare);
  if (!file) throw new Error(`no source in ${sources} has the gradient of ${kernel}`);
  return `[${kernel}](https://github.com/espalier-dl/espalier/blob/main/${sources}/${file})`;
}

/** The operations without rows, as the list in the tests has them. */
function withoutGradient() {
  const source = readFileSync(join(repository, tests, 'tables/operations.ts'), 'utf8');
  const list = source.slice(
    source.indexOf('export const notDifferentiable'),
    source.indexOf('/** Every operation with'),
  );
  return [...list.matchAll(/^ {2}'([^']+)':\s*((?:'[^']*'[\s+]*)+),$/gm)].map(([, reason, names]) => {
    const words = [...(names ?? '').matchAll(/'([^']*)'/g)].flatMap(([, part]) => (part ?? '').trim().split(' '));
    return `| ${words.map((word) => `\`${word}\``).join(', ')} | ${reason} |`;
  });
}
