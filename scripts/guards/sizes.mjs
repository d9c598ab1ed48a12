import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { showTable } from '../lib/guard.mjs';
import { publishedPackages, readJson } from '../lib/workspace.mjs';

export const title = 'Bundles stay small (kB of minified, gzipped JavaScript)';

const folder = 'scripts/guards/sizes';
const budgetFile = `${folder}/budgets.json`;

/**
 * @typedef {{ what: string, entry: string, external?: string[], kB: number }} Entry
 * @typedef {{ entries: Entry[], packages: Record<string, number> }} Budgets
 * @typedef {{ what: string, kB: number, limit: number }} Measured
 */

/** @param {import('esbuild').BuildOptions} options @returns {Promise<number>} in kB, of 1000 bytes */
async function weigh(options) {
  const { outputFiles = [] } = await build({
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'silent',
    outdir: 'out',
    // Counted apart by whoever serves it: a binary that browsers compile while it loads.
    loader: { '.wasm': 'file' },
    // A name that the built package lacks would otherwise weigh nothing.
    logOverride: { 'import-is-undefined': 'error' },
    ...options,
  });
  const scripts = outputFiles.filter(({ path }) => path.endsWith('.js'));
  return scripts.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / 1000;
}

/** @param {string} root @returns {Promise<import('../lib/guard.mjs').Verdict>} */
export async function check(root) {
  const budgets = /** @type {Budgets} */ (readJson(join(root, budgetFile)));
  /** @type {import('../lib/guard.mjs').Violation[]} */
  const violations = [];
  /** @type {Measured[]} */
  const measured = [];
  /** @param {string} what @param {number} limit @param {import('esbuild').BuildOptions} options */
  const measure = async (what, limit, options) => {
    try {
      measured.push({ what, limit, kB: await weigh({ absWorkingDir: root, ...options }) });
    } catch (error) {
      const problem = `${what} cannot be bundled for a browser: ${error instanceof Error ? error.message : error}`;
      violations.push({ file: budgetFile, problem });
    }
  };
  for (const { what, entry, external = [], kB } of budgets.entries) {
    await measure(what, kB, { entryPoints: [join(root, folder, entry)], external });
  }
  for (const { short, name, manifest } of publishedPackages(root)) {
    // What is only ever run in Node is never sent to a browser.
    if (manifest.bin !== undefined) continue;
    const limit = budgets.packages[short];
    if (limit === undefined) {
      violations.push({ file: budgetFile, problem: `has no budget for '${short}': add one` });
      continue;
    }
    const siblings = publishedPackages(root).map((one) => one.name);
    await measure(`${name}, all of it, alone`, limit, {
      stdin: { contents: `export * from '${name}';`, resolveDir: root },
      external: ['@tensorflow/tfjs-core', ...siblings.filter((one) => one !== name)],
    });
  }
  for (const { what, kB, limit } of measured.filter(({ kB, limit }) => kB > limit)) {
    violations.push({ file: budgetFile, problem: `${what}: ${kB.toFixed(1)} kB, budget ${limit} kB` });
  }
  const rows = measured.map(({ what, kB, limit }) => [what, kB.toFixed(1), `of ${limit}`]);
  return { checked: `${measured.length} bundles`, violations, table: showTable(rows) };
}
