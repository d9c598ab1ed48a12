import { mean, sum, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectSame, numbers, useWasm } from './both.js';

beforeAll(useWasm);

const cases = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  .chain((shape) =>
    fc.record({ shape: fc.constant(shape), axes: fc.subarray(shape.map((_, axis) => axis)), keepDims: fc.boolean() }),
  );

describe('sum and mean', () => {
  test('agree with the CPU backend over any axes', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom(sum, mean), async ({ shape, axes, keepDims }, reduce) => {
        const values = numbers(
          shape.reduce((x, y) => x * y),
          1,
        );
        await expectSame(() => reduce(tensor(values, shape), axes, keepDims) as Tensor, 1e-5);
      }),
      { numRuns: 120 },
    );
  });

  test.each(['int32', 'bool'] as const)('of %s values agree with the CPU backend', async (dtype) => {
    const values = Int32Array.from(numbers(60, 1, -3, 3), (v) => (dtype === 'bool' ? Number(v > 0) : v * 1000));
    for (const axes of [[0], [1], [0, 2], [0, 1, 2]]) {
      await expectSame(() => sum(tensor(values, [3, 4, 5], dtype), axes));
      await expectSame(() => mean(tensor(values, [3, 4, 5], dtype), axes));
    }
  });

  test.each([
    { shape: [1_000_000], axis: 0 },
    { shape: [1000, 1000], axis: [0, 1] },
    { shape: [1_000_000, 1], axis: 0 },
  ])('a million tenths are a hundred thousand, to six digits: %j', ({ shape, axis }) => {
    const x = tensor(new Float32Array(1e6).fill(0.1), shape);
    expect(Math.abs((sum(x, axis).dataSync()[0] as number) - 1e5)).toBeLessThan(0.05);
    expect(Math.abs((mean(x, axis).dataSync()[0] as number) - 0.1)).toBeLessThan(1e-7);
  });

  test('columns of two hundred thousand tenths are right too', () => {
    const totals = sum(tensor(new Float32Array(1e6).fill(0.1), [200_000, 5]), 0).dataSync();
    for (const total of totals) expect(Math.abs(total - 2e4)).toBeLessThan(0.01);
  });

  test('of nothing are 0 and NaN', () => {
    expect(Array.from(sum(zeros([0, 3]), 0).dataSync())).toEqual([0, 0, 0]);
    expect(Array.from(mean(zeros([0, 3]), 0).dataSync())).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(sum(zeros([3, 0]), 0).shape).toEqual([0]);
  });
});
