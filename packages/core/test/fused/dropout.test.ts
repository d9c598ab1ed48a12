import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, dropout } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import { memory, ones, tensor, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const backends = [
  ['cpu', cpu()],
  ['wasm', wasm()],
] as const;

/** Values that show the sign of a zero and what becomes of NaN. */
const values = (size: number) =>
  Float32Array.from({ length: size }, (_, i) => (i % 97 === 5 ? Number.NaN : Math.sin(i) * 3));
/** The bits of y and of dx where dy is x. */
const bits = (size: number, rate: number, seed: [number, number]) =>
  tidy(() => {
    const { value, grad } = valueAndGrad((x) => dropout(x, { rate, seed }))(tensor(values(size)), tensor(values(size)));
    return [value, grad].map((one) => new Uint32Array((one.dataSync() as Float32Array).slice().buffer).join());
  });

describe('dropout', () => {
  it.each([1, 3, 8, 1023, 1025, 5003])('drops the same of %s elements on both backends, bit for bit', async (size) => {
    for (const [rate, seed] of [
      [0.1, [1, 2]],
      [0.5, [0xffffffff, 0x80000001]],
      [0.999, [0, 0]],
    ] as [number, [number, number]][]) {
      await activateBackend(backends[0][1]);
      const reference = bits(size, rate, seed);
      await activateBackend(backends[1][1]);
      expect(bits(size, rate, seed)).toEqual(reference);
      // Its gradient is the same mask.
      expect(reference[0]).toBe(reference[1]);
    }
  });

  it.each(backends)('keeps its share, of every part, on %s', async (_, backend) => {
    await activateBackend(backend);
    const size = 100_000;
    for (const rate of [0.05, 0.3, 0.5, 0.9]) {
      for (const seed of [
        [1, 2],
        [2, 2],
        [1, 3],
        [0, 0],
      ] as [number, number][]) {
        const y = tidy(() => dropout(ones([size]), { rate, seed }).dataSync());
        const scale = Math.fround(1 / (1 - rate));
        expect(y.every((value) => value === 0 || value === scale)).toBe(true);
        // Whole, halves, every second, every 64th: five standard deviations.
        for (const taken of [
          y,
          y.slice(0, size / 2),
          y.filter((_, i) => i % 2 === 1),
          y.filter((_, i) => i % 64 === 3),
          y.filter((_, i) => y[i - 1] === 0),
          y.filter((_, i) => y[i - 1] === scale),
        ]) {
          const dropped = taken.filter((value) => value === 0).length / taken.length;
          expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / taken.length));
        }
      }
    }
  });

  it.each(backends)('other seeds give independent masks on %s', async (_, backend) => {
    await activateBackend(backend);
    const size = 50_000;
    const mask = (seed: [number, number]) => tidy(() => dropout(ones([size]), { rate: 0.5, seed }).dataSync());
    const first = mask([5, 6]);
    for (const seed of [
      [6, 6],
      [5, 7],
      [6, 5],
      [0x80000005, 6],
      [5, 0x80000006],
    ] as [number, number][]) {
      const other = mask(seed);
      const same = first.filter((value, i) => value === other[i]).length / size;
      expect(Math.abs(same - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / size));
    }
  });

  it.each(backends)('has the gradient that finite differences give on %s', async (_, backend) => {
    await activateBackend(backend);
    const [comparison] = compareWithFiniteDifferences(
      (given) => dropout(given, { rate: 0.4, seed: [3, 4] }),
      [
        tensor(
          Float32Array.from({ length: 35 }, (_, i) => Math.cos(i)),
          [5, 7],
        ),
      ],
      { step: 1 },
    );
    expect(comparison!.error).toBeLessThan(1e-6);
    const before = memory().numTensors;
    bits(10, 0.5, [1, 1]);
    expect(memory().numTensors).toBe(before);
  });
});
