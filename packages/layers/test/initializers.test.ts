import { isEspalierError, Rng } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Constant,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  Identity,
  type InitializerName,
  LecunNormal,
  LecunUniform,
  Orthogonal,
  RandomNormal,
  RandomUniform,
  resolveInitializer,
  TruncatedNormal,
  VarianceScaling,
} from '../src/index.js';

const shape = [3, 3, 40, 60];
const [fanIn, fanOut] = [360, 540];

function moments(values: Float32Array) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) };
}

describe('initializers', () => {
  // The bound is where a distribution ends; normal ones that are cut end at two deviations before cutting.
  const cut = (variance: number) => (2 * Math.sqrt(variance)) / 0.8796256610342398;
  it.each([
    ['RandomUniform', new RandomUniform({ minval: -0.2, maxval: 0.2 }), 0.04 / 3, 0.2],
    ['RandomNormal', new RandomNormal({ stddev: 0.3 }), 0.09, Number.POSITIVE_INFINITY],
    ['TruncatedNormal', new TruncatedNormal({ stddev: 0.3 }), 0.09 * 0.8796256610342398 ** 2, 0.6],
    ['GlorotUniform', new GlorotUniform(), 2 / (fanIn + fanOut), Math.sqrt(6 / (fanIn + fanOut))],
    ['GlorotNormal', new GlorotNormal(), 2 / (fanIn + fanOut), cut(2 / (fanIn + fanOut))],
    ['HeUniform', new HeUniform(), 2 / fanIn, Math.sqrt(6 / fanIn)],
    ['HeNormal', new HeNormal(), 2 / fanIn, cut(2 / fanIn)],
    ['LecunUniform', new LecunUniform(), 1 / fanIn, Math.sqrt(3 / fanIn)],
    ['LecunNormal', new LecunNormal(), 1 / fanIn, cut(1 / fanIn)],
    ['fanOut', new VarianceScaling({ scale: 3, mode: 'fanOut' }), 3 / fanOut, cut(3 / fanOut)],
    ['untruncated', new VarianceScaling({ distribution: 'untruncatedNormal' }), 1 / fanIn, Number.POSITIVE_INFINITY],
  ] as const)('%s has its variance and bound', (_, initializer, variance, bound) => {
    const found = moments(initializer.values(shape, new Rng(1)));
    // 21600 values: the mean is off by 0.7% of a deviation, the variance by 1%, at one deviation of chance each.
    expect(Math.abs(found.mean)).toBeLessThan(0.03 * Math.sqrt(variance));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.05);
    expect(found.largest).toBeLessThanOrEqual(Math.fround(bound));
    if (Number.isFinite(bound)) expect(found.largest).toBeGreaterThan(0.98 * bound);
  });

  it('Orthogonal has orthonormal rows or columns, whichever are fewer', () => {
    const sizes = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 0, max: 1e6 }), (rows, columns, seed) => {
        const w = new Orthogonal({ gain: 2 }).values([rows, columns], new Rng(seed));
        const tall = rows >= columns;
        const [count, length] = tall ? [columns, rows] : [rows, columns];
        const at = (vector: number, i: number) => w[tall ? i * columns + vector : vector * columns + i]!;
        for (let a = 0; a < count; a++) {
          for (let b = 0; b <= a; b++) {
            let product = 0;
            for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
            expect(product).toBeCloseTo(a === b ? 4 : 0, 5);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('Identity and Constant fill as they say', () => {
    expect([...new Identity({ gain: 3 }).values([2, 3])]).toEqual([3, 0, 0, 0, 3, 0]);
    expect([...new Constant({ value: 0.5 }).values([2])]).toEqual([0.5, 0.5]);
    expect(() => new Identity().values([2, 2, 2])).toThrowError(/Identity.*\n.*2 axes/);
    expect(() => new Orthogonal().values([2], new Rng(0))).toThrowError(/Orthogonal/);
  });

  const names: InitializerName[] = ['zeros', 'ones', 'glorotUniform', 'orthogonal', 'heNormal', 'identity'];
  it.each(names)('%s comes back from its config', (name) => {
    const initializer = resolveInitializer(name, 'test');
    const again = resolveInitializer({ className: initializer.className, config: initializer.getConfig() }, 'test');
    expect(again.values([4, 4], new Rng(2))).toEqual(initializer.values([4, 4], new Rng(2)));
  });

  it('an unknown name gives the nearest', () => {
    const find = () => resolveInitializer('glorotUnifrom' as InitializerName, 'Dense');
    expect(find).toThrowError(/Dense: there is no initializer 'glorotUnifrom'[\s\S]*did you mean 'glorotUniform'/);
    expect(find).toThrowError(expect.toSatisfy((error: unknown) => isEspalierError(error, 'ValueError')));
    expect(() => resolveInitializer({ className: 'Glorot', config: {} }, 'Dense')).toThrowError(/glorotUniform/);
  });
});
