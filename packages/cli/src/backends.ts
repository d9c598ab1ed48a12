import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import type { Backend } from '@espalier/core';

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

/** The backend of that name, which the command line has checked already, or the default. */
export function backendNamed(name: string): BackendEntry {
  return backends.find((entry) => entry.name === name) ?? backends[0]!;
}
