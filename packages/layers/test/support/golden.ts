import { readFileSync } from 'node:fs';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** A tensor as the scripts in parity/ pack it. */
export interface Packed {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32';
  readonly base64: string;
}

/** The cases of a golden file, with the versions of what made them. */
export function readGolden<Case>(name: string): Case[] {
  const url = new URL(`../../../../parity/golden/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: Case[] }).cases;
}

export function valuesOf({ base64, dtype }: Packed): Float32Array | Int32Array {
  const { buffer } = Uint8Array.from(Buffer.from(base64, 'base64'));
  return dtype === 'int32' ? new Int32Array(buffer) : new Float32Array(buffer);
}

export function tensorOf(packed: Packed): Tensor {
  return tensor(valuesOf(packed), packed.shape, packed.dtype);
}

/**
 * Numbers in ±scale without a pattern, the same as `weyl` in parity/golden_io.py makes.
 * @param seed Tells tensors apart.
 */
export function weyl(size: number, seed: number, scale = 1): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    const word = Math.imul(i + 1 + 7919 * seed, 2654435761) >>> 0;
    return ((2 * word) / 2 ** 32 - 1) * scale;
  });
}

/** Each element within `tolerance` of the expected one, relative where that is above 1. */
export function expectClose(actual: Tensor, expected: Packed, tolerance: number, what: string): void {
  expect(actual.shape, `${what}: shape`).toEqual(expected.shape);
  expectValuesClose(actual.dataSync(), valuesOf(expected), tolerance, what);
}

export function expectValuesClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(actual.length, `${what}: size`).toBe(expected.length);
  let worst = 0;
  let at = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(distance <= worst)) [worst, at] = [Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance, i];
  }
  expect(worst, `${what}: element ${at} is ${actual[at]}, expected ${expected[at]}`).toBeLessThanOrEqual(tolerance);
}
