import { cpu } from '@espalier/backend-cpu';
import * as wasmPackage from '@espalier/backend-wasm';
import type { Backend } from '@espalier/core';

/** The backends that run in Node. */
export const backends: readonly Backend[] = [
  cpu(),
  ...('wasm' in wasmPackage ? [(wasmPackage as unknown as { wasm(): Backend }).wasm()] : []),
];
