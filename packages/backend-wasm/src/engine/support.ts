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
