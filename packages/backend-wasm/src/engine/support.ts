import type { ProbeResult } from '@espalier/core';

/** A module of one function that returns a vector: it is valid only where SIMD is. */
const SIMD_MODULE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];

/** Whether this machine has what the engine needs: WebAssembly with 128-bit SIMD. */
export function probeWebAssembly(): ProbeResult {
  if (typeof WebAssembly !== 'object') {
    return { available: false, reason: 'there is no WebAssembly here', mend: 'use cpu() of @espalier/backend-cpu' };
  }
  if (!WebAssembly.validate(Uint8Array.from(SIMD_MODULE))) {
    return {
      available: false,
      reason: 'WebAssembly here has no 128-bit SIMD',
      mend: 'use Node 20, Chrome 91, Firefox 89, Safari 16.4 or later, or cpu() of @espalier/backend-cpu',
    };
  }
  return { available: true };
}

/** A module whose one function is a relaxed multiply-add. */
const RELAXED_MODULE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65,
  0, 253, 15, 253, 133, 2, 11,
];

/** Whether relaxed SIMD runs here: the processor's own multiply-add. Node 20 has it behind a flag, which is set. */
export function supportsRelaxedSimd(): boolean {
  const bytes = Uint8Array.from(RELAXED_MODULE);
  if (WebAssembly.validate(bytes)) return true;
  // Later versions have it without the flag, and complain about flags they do not know.
  if (typeof process !== 'object' || Number.parseInt(process.versions?.node ?? '', 10) !== 20) return false;
  process.getBuiltinModule?.('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(bytes);
}

/** Whether threads may share memory here: always in Node, in a page where it is cross-origin isolated. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false;
  return globalThis.crossOriginIsolated ?? typeof process === 'object';
}
