// `npm run test:nodes`: the packed packages under other releases of Node, from the npm packages that carry its binaries.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPacked } from './lib/packedProject.mjs';
import { prepare } from './lib/prepare.mjs';
import { capture } from './lib/run.mjs';
import { repository } from './lib/workspace.mjs';

const releases = ['22', '24'];
const carrier = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** @param {string} release @returns {Promise<string>} the path of its binary */
async function fetchNode(release) {
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
try {
  const project = await installPacked(folder);
  for (const release of releases) {
    const node = await fetchNode(release);
    const { stdout } = await capture({ command: node, args: ['--version'] });
    for (const format of /** @type {const} */ (['esm', 'cjs'])) {
      const { code, output } = await project.train(format, node);
      if (code !== 0) failed += 1;
      console.log(`Node ${stdout.trim()} ${format}: ${code === 0 ? 'ok' : `failed\n${output}`}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
