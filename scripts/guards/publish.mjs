import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll } from '../lib/pack.mjs';
import { capture } from '../lib/run.mjs';
import { publishedPackages, repository } from '../lib/workspace.mjs';

export const title = 'Packed packages resolve everywhere';

/** @typedef {import('../lib/guard.mjs').Violation} Violation */
/** @typedef {import('../lib/workspace.mjs').WorkspacePackage} WorkspacePackage */

/** @param {WorkspacePackage} one */
const isRequirable = ({ manifest }) => JSON.stringify(manifest.exports ?? {}).includes('"require"');

/** @param {WorkspacePackage} one @param {string} tarball @returns {Promise<Violation[]>} */
async function lint({ short, manifest }, tarball) {
  const file = readFileSync(tarball);
  const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, level: 'warning', strict: true });
  return messages.map((message) => ({
    file: `packages/${short}/package.json`,
    problem: `publint: ${formatMessage(message, pkg ?? manifest, { color: false })}`,
  }));
}

/** @param {WorkspacePackage} one entries that are files to fetch, and have no types: './engine.wasm' */
const assets = ({ manifest }) =>
  Object.entries(manifest.exports ?? {})
    .filter(([, target]) => typeof target === 'string' && !/\.([cm]?js|json)$/.test(target))
    .map(([entry]) => entry);

/** @param {WorkspacePackage} one @param {string} tarball @returns {Promise<Violation[]>} */
async function checkTypes(one, tarball) {
  // 'node16' leaves out the oldest resolution of TypeScript, which knows no exports; a package without a require
  // build answers to imports alone.
  const profile = isRequirable(one) ? 'node16' : 'esm-only';
  const exclude = assets(one).length > 0 ? ['--exclude-entrypoints', ...assets(one)] : [];
  const { code, stdout, output } = await capture({
    command: `${repository}/node_modules/.bin/attw`,
    args: [tarball, '--profile', profile, '--format', 'json', ...exclude],
  });
  const start = stdout.indexOf('{');
  if (start < 0) throw new Error(`attw: ${output}`);
  const { problems = {} } = JSON.parse(stdout.slice(start));
  const kinds = Object.keys(problems);
  if (code === 0) return [];
  return [{ file: `packages/${one.short}/package.json`, problem: `attw (${profile}): ${kinds.join(', ') || output}` }];
}

/** @param {string} tarball @param {string} short @returns {Promise<Violation[]>} */
async function checkContents(tarball, short) {
  const { stdout } = await capture({ command: 'tar', args: ['-tzf', tarball] });
  const files = stdout.split('\n');
  return ['LICENSE', 'README.md', 'dist/index.d.ts']
    .filter((name) => !files.includes(`package/${name}`))
    .map((name) => ({ file: `packages/${short}/package.json`, problem: `its tarball lacks ${name}` }));
}

/** @param {string} root @returns {Promise<import('../lib/guard.mjs').Verdict>} */
export async function check(root) {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-publish-'));
  try {
    const tarballs = await packAll(folder, root);
    const packages = publishedPackages(root);
    const found = await Promise.all(
      packages.map(async (one) => {
        const tarball = tarballs.get(one.short) ?? '';
        const parts = [lint(one, tarball), checkTypes(one, tarball), checkContents(tarball, one.short)];
        return (await Promise.all(parts)).flat();
      }),
    );
    return { checked: `${tarballs.size} tarballs`, violations: found.flat() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
