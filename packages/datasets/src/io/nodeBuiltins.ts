type Fs = typeof import('node:fs');
type Module = typeof import('node:module');
type Os = typeof import('node:os');
type Path = typeof import('node:path');

/** The parts of Node that files and packages need. */
export interface NodeBuiltins {
  readonly fs: Fs;
  readonly module: Module;
  readonly os: Os;
  readonly path: Path;
}

/** Node's own modules, asked for at run time so that the package loads in browsers too; there it is `undefined`. */
export function nodeBuiltins(): NodeBuiltins | undefined {
  const load = globalThis.process?.getBuiltinModule;
  if (load === undefined) return undefined;
  return { fs: load('node:fs'), module: load('node:module'), os: load('node:os'), path: load('node:path') };
}
