import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from './files.mjs';
import { capture } from './run.mjs';
import { publishedPackages, repository } from './workspace.mjs';

/** @param {string[]} paths */
const newest = (paths) => Math.max(0, ...paths.map((path) => statSync(join(repository, path)).mtimeMs));

/**
 * Packages whose sources are partly generated (compiled kernels) name a `generate` script. The build runs it through
 * turbo; tests that run without a build get it here, when what it writes is missing or older than what it reads.
 */
export async function generateMissing() {
  for (const { short, folder, manifest } of publishedPackages()) {
    const script = manifest.scripts?.generate;
    if (script === undefined) continue;
    const written = join(folder, 'src', 'generated');
    const inputs = ['assembly', 'scripts'].flatMap((name) => filesUnder(repository, `packages/${short}/${name}`));
    const isFresh =
      existsSync(written) &&
      readdirSync(written).length > 0 &&
      newest(filesUnder(repository, `packages/${short}/src/generated`)) >= newest(inputs);
    if (isFresh) continue;
    const { code, output } = await capture({ command: 'npm', args: ['run', '--silent', 'generate'] }, { cwd: folder });
    if (code !== 0) throw new Error(`packages/${short}: its generate script failed\n${output}`);
  }
}
