import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect } from 'vitest';

/** Where in an array, from 0 to 1: small whole numbers, which fast-check likes, are spread. */
const places = fc.nat(999_983).map((x) => ((x * 7919) % 999_983) / 999_983);
const sizes = fc.oneof(
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.double({ min: 2, max: 30, noNaN: true }).map((exponent) => 10 ** exponent),
);

/** Values out of proportion, and their places. */
export const spikes = fc.array(fc.tuple(places, sizes), { minLength: 1, maxLength: 3 });
export type Spikes = readonly (readonly [place: number, size: number])[];

export function spoil(values: Float32Array, wild: Spikes): void {
  for (const [place, size] of wild) values[Math.floor(place * values.length)] = size;
}

/** Numbers from -1 to 1 that depend on the seed alone. */
export function numbersOf(shape: readonly number[], seed: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
}

/** Results of the definition in float64, and what each adds up without signs. */
export class Sums {
  readonly value: Float64Array;
  readonly size: Float64Array;
  /** Whether a zero of padding meets a value that is not finite: the product may be made or not. */
  readonly free: Uint8Array;
  constructor(count: number) {
    this.value = new Float64Array(count);
    this.size = new Float64Array(count);
    this.free = new Uint8Array(count);
  }
  add(at: number, product: number): void {
    this.value[at]! += product;
    this.size[at]! += Math.abs(product);
  }
}

/** The largest error, in roundings of what the result adds up. */
export function worst(result: Tensor, { value, size, free }: Sums): number {
  const got = result.dataSync() as Float32Array;
  expect(got.length).toBe(value.length);
  let most = 0;
  for (let i = 0; i < got.length; i++) {
    if (free[i] === 1) continue;
    if (!Number.isFinite(size[i]!)) {
      // Infinity or NaN as the definition says, unless infinities came of rounding.
      expect(
        Number.isNaN(value[i]!) ? Number.isNaN(got[i]!) : got[i] === value[i],
        `element ${i}: ${got[i]} for ${value[i]}`,
      ).toBe(true);
      continue;
    }
    if (size[i]! > 1e37) continue;
    const error = Math.abs(got[i]! - value[i]!);
    if (error > 1e-37 || Number.isNaN(error)) {
      const part = error / (2 ** -24 * size[i]!);
      if (!(part <= most)) most = part;
    }
  }
  return most;
}
