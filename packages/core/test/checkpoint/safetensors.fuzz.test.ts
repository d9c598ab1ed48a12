import { readFileSync } from 'node:fs';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@espalier/core';
import { fuzz } from '@espalier/testing';
import { expect, it } from 'vitest';

const golden = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../../parity/golden/${file}`, import.meta.url)));

const small = new Map<string, HostTensor>([
  ['a/kernel', { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ['a/bias', { dtype: 'int16', shape: [2], data: Int16Array.of(-1, 1) }],
  ['empty', { dtype: 'bool', shape: [0, 7], data: new Uint8Array(0) }],
]);

it('safetensors keeps its limits', async () => {
  await fuzz({
    name: 'safetensors',
    corpus: [
      encodeSafetensors(small, { format: 'pt', 'ü"': '\n' }),
      golden('safetensors-read.safetensors'),
      golden('safetensors-written.safetensors'),
    ],
    run(bytes) {
      const { tensors, unsupported } = decodeSafetensors(bytes, 'file');
      // Whoever reads without complaint must have read whole tensors, and no more than the file holds.
      let total = 0;
      for (const { shape, data } of tensors.values()) {
        expect(data.length).toBe(shape.reduce((product, axis) => product * axis, 1));
        total += data.byteLength;
      }
      expect(total).toBeLessThanOrEqual(2 * bytes.length);
      expect(Array.isArray(unsupported)).toBe(true);
    },
    mutants: Number(process.env['ESPALIER_FUZZ_MUTANTS'] ?? 2000),
    maxMilliseconds: 500,
    maxBytes: 2 ** 26,
  });
});
