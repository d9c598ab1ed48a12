import { util } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fingerprint64 } from '../src/kernels/sparse/fingerprint64.js';

it('is that of tfjs, for bytes of every length', () => {
  for (let size = 0; size <= 300; size++) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31 + size * 7) % 256);
    expect(fingerprint64(bytes).toString(), `${size} bytes`).toBe(util.fingerPrint64(bytes).toUnsigned().toString());
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(fingerprint64(bytes).toString()).toBe(util.fingerPrint64(bytes).toUnsigned().toString());
    }),
  );
});
