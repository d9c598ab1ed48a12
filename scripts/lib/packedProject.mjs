import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packAll } from './pack.mjs';
import { capture } from './run.mjs';
import { publishedPackages, readJson, repository } from './workspace.mjs';

/**
 * @typedef {object} PackedProject
 * @property {(format: 'esm' | 'cjs', node?: string) => Promise<{ code: number, output: string, stdout: string }>} train
 *   runs the consumer's job with that Node
 * @property {(threads: number | undefined, node?: string) => Promise<NetworkReport>} trainNetwork
 *   trains a small convolutional network with that Node and so many threads, by default as many as are chosen
 */

/**
 * @typedef {object} NetworkReport
 * @property {number} threads how many computed
 * @property {string} simd
 * @property {string} weights the hash of all weights after training
 */

/** A process that has not ended by itself after so long never will: training takes a second. */
const LONGEST = 60_000;

/**
 * Makes `folder` a project as a user has it: every published package from its tarball, tfjs-core, and nothing else.
 * @param {string} folder empty, outside the repository, so that nothing resolves by accident
 * @returns {Promise<PackedProject>}
 */
export async function installPacked(folder) {
  const packages = publishedPackages();
  const destination = join(folder, 'tarballs');
  mkdirSync(destination);
  const tarballs = await packAll(destination);
  const tfjs = '@tensorflow/tfjs-core';
  const dependencies = {
    [tfjs]: readJson(join(repository, 'package.json')).devDependencies[tfjs],
    ...Object.fromEntries(packages.map(({ name, short }) => [name, `file:${tarballs.get(short)}`])),
  };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, dependencies }, null, 2),
  );
  cpSync(join(repository, 'test', 'consumer'), folder, { recursive: true });
  const esm = packages.filter(({ manifest }) => manifest.bin === undefined);
  const cjs = esm.filter(({ manifest }) => JSON.stringify(manifest.exports).includes('"require"'));
  writeFileSync(
    join(folder, 'packages.json'),
    JSON.stringify({ esm: esm.map(({ name }) => name), cjs: cjs.map(({ name }) => name) }),
  );
  const { code, output } = await capture(
    { command: 'npm', args: ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'] },
    { cwd: folder },
  );
  if (code !== 0) throw new Error(`the packed packages cannot be installed\n${output}`);
  return {
    train: (format, node = process.execPath) =>
      capture({ command: node, args: [format === 'esm' ? 'esm.mjs' : 'cjs.cjs'] }, { cwd: folder }),
    trainNetwork: async (threads, node = process.execPath) => {
      const args = ['network.mjs', ...(threads === undefined ? [] : [String(threads)])];
      const { code, output, stdout } = await capture({ command: node, args }, { cwd: folder, timeout: LONGEST });
      if (code !== 0) throw new Error(`it failed, or did not end by itself\n${output}`);
      return JSON.parse(stdout);
    },
  };
}
