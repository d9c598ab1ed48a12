import { Rng } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;

describe('Rng', () => {
  it('gives a stream that the seed alone decides', () => {
    expect([...new Rng(7).uniform(5)]).toEqual([...new Rng(7).uniform(5)]);
    expect([...new Rng(7).uniform(5)]).not.toEqual([...new Rng(8).uniform(5)]);
  });

  it('tells seeds apart that differ only above 32 bits', () => {
    expect(new Rng(1).next()).not.toBe(new Rng(1 + 2 ** 32).next());
  });

  it('forks by label, whatever was drawn before', () => {
    const used = new Rng(3);
    used.uniform(100);
    expect(used.fork('a').next()).toBe(new Rng(3).fork('a').next());
    const labels = ['a', 'b', 'ab', 'ba', 'dense/kernel', 'dense_1/kernel', 0, 1, 2, 255, 256];
    expect(new Set(labels.map((label) => new Rng(3).fork(label).next())).size).toBe(labels.length);
  });

  it('does not depend on the order of forks', () => {
    expect(new Rng(3).fork('a').fork('b').next()).not.toBe(new Rng(3).fork('b').fork('a').next());
  });

  it('has the moments of the uniform and the normal distribution', () => {
    const uniform = new Rng(1).uniform(100_000, -1, 3);
    expect(mean(uniform)).toBeCloseTo(1, 1);
    expect(Math.min(...uniform.subarray(0, 1000))).toBeGreaterThanOrEqual(-1);
    const normal = new Rng(2).normal(100_000, 5, 2);
    expect(mean(normal)).toBeCloseTo(5, 1);
    expect(Math.sqrt(mean(normal.map((x) => (x - 5) ** 2)))).toBeCloseTo(2, 1);
    const truncated = new Rng(2).normal(10_000, 0, 1, true);
    expect(truncated.every((x) => Math.abs(x) <= 2)).toBe(true);
    expect(truncated.some((x) => Math.abs(x) > 1.5)).toBe(true);
  });

  it('permutes without loss', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 300 }), (seed, size) => {
        const order = new Rng(seed).permutation(size);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
      }),
    );
  });

  it('puts each item first about equally often', () => {
    const counts = new Array(5).fill(0);
    for (let seed = 0; seed < 5000; seed++) counts[new Rng(seed).permutation(5)[0]!]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
