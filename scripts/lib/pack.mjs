import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { capture, pnpm } from './run.mjs';
import { publishedPackages, repository } from './workspace.mjs';

/**
 * Packs every published package as a release would: pnpm, since npm leaves `workspace:^` in what it packs.
 * @param {string} destination an empty folder
 * @param {string} [root]
 * @returns {Promise<Map<string, string>>} short name to tarball
 */
export async function packAll(destination, root = repository) {
  const packages = publishedPackages(root);
  const unbuilt = packages.filter(({ folder }) => !existsSync(join(folder, 'dist')));
  if (unbuilt.length > 0)
    throw new Error(`not built: ${unbuilt.map(({ short }) => short).join(', ')}; run npm run build`);
  const filters = packages.map(({ name }) => `--filter=${name}`);
  const { code, output } = await capture(pnpm(['--recursive', ...filters, 'pack', '--pack-destination', destination]), {
    cwd: root,
  });
  if (code !== 0) throw new Error(`pnpm pack failed\n${output}`);
  const tarballs = readdirSync(destination);
  return new Map(
    packages.map(({ short, name }) => {
      const prefix = `${name.replace('@', '').replace('/', '-')}-`;
      const file = tarballs.find((one) => one.startsWith(prefix) && /^\d/.test(one.slice(prefix.length)));
      if (file === undefined) throw new Error(`pnpm packed no ${name}: ${tarballs.join(', ')}`);
      return [short, join(destination, file)];
    }),
  );
}
