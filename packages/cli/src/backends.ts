import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { type Backend, suggestNames, ValueError } from '@espalier/core';

/** More threads than any machine has cores for this work; each takes memory of its own. */
export const MOST_THREADS = 256;

/** How a backend is to be made. */
export interface BackendOptions {
  /** At most how many threads; the backend's own choice by default. */
  readonly threads?: number | undefined;
}

/** A backend that `--backend` can name. */
export interface BackendEntry {
  readonly name: string;
  readonly title: string;
  make(options: BackendOptions): Backend;
}

/** The backends by the names that users type; the first is the default. */
export const backends: readonly BackendEntry[] = [
  {
    name: 'wasm',
    title: 'WebAssembly with SIMD: the default, nothing native to install',
    make: ({ threads }) => wasm({ ...(threads !== undefined && { threads }) }),
  },
  { name: 'cpu', title: 'plain JavaScript: slow, runs anywhere', make: () => cpu() },
];

/** The names of all backends. */
export const backendNames: readonly string[] = backends.map(({ name }) => name);

/**
 * The backend of that name.
 * @param where Where the name stands, for errors: an option, or the file of a run.
 * @throws ValueError where there is none: a run is never computed by another backend than it says.
 */
export function backendNamed(name: string, where: string): BackendEntry {
  const entry = backends.find((one) => one.name === name);
  if (entry !== undefined) return entry;
  throw new ValueError({
    where,
    problem: `there is no backend '${name}' in this version`,
    expected: backendNames.join(', '),
    got: name,
    mend: `${suggestNames(name, backendNames)}; use a version of @espalier/cli that has it, or choose one with --backend`,
  });
}
