// `npm run test:nodes`: the packed packages under each release of Node, from the npm packages that carry its binaries.
// Networks must train to the same weights under all of them, and with any number of threads.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPacked } from './lib/packedProject.mjs';
import { prepare } from './lib/prepare.mjs';
import { capture } from './lib/run.mjs';
import { repository } from './lib/workspace.mjs';

const releases = ['20', '22', '24'];
const carrier = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** @param {string} release @returns {Promise<string>} the path of its binary */
async function nodeOf(release) {
  if (process.versions.node.startsWith(`${release}.`)) return process.execPath;
  const folder = join(repository, '.cache', 'nodes', release);
  const binary = join(folder, 'node_modules', carrier, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', `${carrier}@${release}`];
  const { code, output } = await capture({ command: 'npm', args }, { cwd: folder });
  if (code !== 0) throw new Error(`${carrier}@${release} cannot be installed\n${output}`);
  return binary;
}

await prepare();
const folder = mkdtempSync(join(tmpdir(), 'espalier-nodes-'));
let failed = 0;
/** @param {string} what @param {string | undefined} problem */
function report(what, problem) {
  if (problem !== undefined) failed += 1;
  console.log(`${what}: ${problem === undefined ? 'ok' : `failed\n${problem}`}`);
}

try {
  const project = await installPacked(folder);
  const expected = await project.trainNetwork(1);
  for (const release of releases) {
    const node = await nodeOf(release);
    const { stdout } = await capture({ command: node, args: ['--version'] });
    const name = `Node ${stdout.trim()}`;
    for (const format of /** @type {const} */ (['esm', 'cjs'])) {
      const { code, output } = await project.train(format, node);
      report(`${name} ${format}`, code === 0 ? undefined : output);
    }
    for (const asked of [1, 2, undefined]) {
      const trained = await project.trainNetwork(asked, node).catch((error) => String(error));
      const same =
        typeof trained === 'object' &&
        trained.weights === expected.weights &&
        trained.threads === (asked ?? trained.threads);
      const what = `${name}, a network with ${asked ?? 'the default number of'} thread${asked === 1 ? '' : 's'}`;
      report(what, same ? undefined : `${JSON.stringify(trained)}, expected ${JSON.stringify(expected)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
