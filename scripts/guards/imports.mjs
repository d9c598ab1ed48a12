import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { allowedFor, peer } from '../lib/allowedImports.mjs';
import { filesUnder } from '../lib/files.mjs';
import { importsOf } from '../lib/imports.mjs';
import { publishedPackages } from '../lib/workspace.mjs';

/** @typedef {import('../lib/guard.mjs').Violation} Violation */
/** @typedef {import('../lib/workspace.mjs').WorkspacePackage} WorkspacePackage */

export const title = 'Packages import only what the design allows';

/** @param {string} specifier '@scope/name/deep' -> '@scope/name' */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/**
 * @param {WorkspacePackage} from
 * @param {import('../lib/imports.mjs').Import} found
 * @param {WorkspacePackage[]} all
 * @returns {string | undefined} what is wrong with it
 */
function problemWith(from, { specifier, typeOnly }, all) {
  const allowed = allowedFor(from.short);
  if (allowed === undefined)
    return `'${from.short}' is not in scripts/lib/allowedImports.mjs: say there what it may import`;
  if (isBuiltin(specifier)) {
    if (allowed.builtins || typeOnly) return undefined;
    return `imports Node's '${specifier}', which browsers cannot load; use process.getBuiltinModule inside the function`;
  }
  const name = packageOf(specifier);
  const sibling = all.find((one) => one.name === name);
  const isAllowed =
    name === peer ||
    (allowed.own ?? []).includes(name) ||
    (sibling !== undefined && (allowed.packages?.includes('*') || allowed.packages?.includes(sibling.short)));
  if (!isAllowed)
    return `@espalier/${from.short} may not import '${name}' (the table is scripts/lib/allowedImports.mjs)`;
  if (specifier !== name && (name === peer || sibling !== undefined)) {
    return `imports '${specifier}': only the package's own entry, '${name}', is public`;
  }
  const { dependencies = {}, peerDependencies = {}, optionalDependencies = {}, devDependencies = {} } = from.manifest;
  const installed = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  // An engine of its own may also be bundled into the package, and then its users need not install it.
  const bundled = (allowed.own ?? []).includes(name) && name in devDependencies;
  if (!(name in installed) && !bundled) return `imports '${name}', which package.json does not depend on`;
  return undefined;
}

/**
 * @param {WorkspacePackage} from
 * @param {Set<string>} used
 * @returns {Violation[]}
 */
function unusedDependencies({ short, manifest }, used) {
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return (
    declared
      // Optional peers may be packages of data, which are looked up on the disk when they are wanted.
      .filter((name) => !used.has(name) && name !== peer && !manifest.peerDependenciesMeta?.[name]?.optional)
      .map((name) => ({
        file: `packages/${short}/package.json`,
        problem: `depends on '${name}', which no source file imports: remove it`,
      }))
  );
}

/**
 * @param {Map<string, { to: string, line: number }[]>} edges value imports between the files of one package
 * @returns {Violation[]} one for each cycle, at its first file
 */
function cycles(edges) {
  /** @type {Violation[]} */
  const found = [];
  /** @type {Map<string, 'open' | 'done'>} */
  const state = new Map();
  /** @param {string} file @param {string[]} path */
  const visit = (file, path) => {
    state.set(file, 'open');
    for (const { to, line } of edges.get(file) ?? []) {
      if (state.get(to) === 'open') {
        const loop = [...path.slice(path.indexOf(to)), to].map((one) => posix.basename(one));
        found.push({
          file,
          line,
          problem: `closes a circle of imports: ${loop.join(' -> ')}; move what both need apart`,
        });
      } else if (!state.has(to)) visit(to, [...path, to]);
    }
    state.set(file, 'done');
  };
  for (const file of edges.keys()) if (!state.has(file)) visit(file, [file]);
  return found;
}

/** @param {string} root @returns {import('../lib/guard.mjs').Verdict} */
export function check(root) {
  const all = publishedPackages(root);
  /** @type {Violation[]} */
  const violations = [];
  let count = 0;
  for (const from of all) {
    const used = new Set();
    const edges = new Map();
    const home = `packages/${from.short}/src`;
    const files = filesUnder(root, home, (path) => /\.[cm]?[jt]s$/.test(path));
    count += files.length;
    for (const file of files) {
      /** @type {{ to: string, line: number }[]} */
      const inside = [];
      for (const found of importsOf(file, readFileSync(join(root, file), 'utf8'))) {
        const { specifier, line, typeOnly } = found;
        if (!specifier.startsWith('.')) {
          used.add(packageOf(specifier));
          const problem = problemWith(from, found, all);
          if (problem !== undefined) violations.push({ file, line, problem });
          continue;
        }
        const target = posix.join(dirname(file), specifier);
        if (!target.startsWith(`${home}/`)) {
          violations.push({ file, line, problem: `'${specifier}' leaves the sources of its package` });
        }
        const to = [target.replace(/\.js$/, '.ts'), target].find((path) => existsSync(join(root, path)));
        if (to !== undefined && !typeOnly) inside.push({ to, line });
      }
      edges.set(file, inside);
    }
    violations.push(...unusedDependencies(from, used), ...cycles(edges));
  }
  return { checked: `${count} files of ${all.length} packages`, violations };
}
