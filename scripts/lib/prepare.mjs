import { phase, pnpm } from './run.mjs';
import { readJson, repository } from './workspace.mjs';

/** Ends the process with one sentence when this Node is older than the workspace's `engines` ask for. */
function requireNode() {
  const { engines } = readJson(`${repository}/package.json`);
  const [major = 0, minor = 0] = engines.node.match(/\d+/g).map(Number);
  const [haveMajor = 0, haveMinor = 0] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  console.error(`Espalier needs Node ${major}.${minor} or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

/** From a bare clone to built packages. A second time takes seconds: what is installed and built already is kept. */
export async function prepare() {
  requireNode();
  await phase('Installing dependencies ', pnpm(['install', '--frozen-lockfile']));
  const build = ['exec', 'turbo', 'run', 'build', '--filter=./packages/*', '--output-logs=errors-only'];
  await phase('Building the packages ', pnpm(build));
}
