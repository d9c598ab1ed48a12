import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import type { Backend } from '@espalier/core';

/** The backends that run on every machine, by name: what `describe.each` takes. */
export const backends: readonly (readonly [string, () => Backend])[] = [
  ['cpu', cpu],
  ['wasm', wasm],
];
