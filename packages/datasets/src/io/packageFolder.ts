import type { NodeBuiltins } from './nodeBuiltins.js';

/** The folder of an installed package, as seen from the working directory or from this package; else `undefined`. */
export function packageFolder({ fs, module, path }: NodeBuiltins, name: string): string | undefined {
  for (const from of [path.join(process.cwd(), 'package.json'), import.meta.url]) {
    // Not `resolve`: packages of data need not have a module that could be resolved, or may hide their package.json.
    const places = from ? (module.createRequire(from).resolve.paths(name) ?? []) : [];
    const found = places.map((place) => path.join(place, name)).find((folder) => fs.existsSync(folder));
    if (found !== undefined) return found;
  }
  return undefined;
}
