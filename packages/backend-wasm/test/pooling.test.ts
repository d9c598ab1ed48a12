import {
  avgPool,
  avgPool3d,
  engine,
  MaxPool3DGrad,
  MaxPoolGrad,
  MaxPoolWithArgmax,
  maxPool,
  maxPool3d,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectSame, numbers, on, useWasm } from './both.js';

beforeAll(useWasm);

const count = (shape: readonly number[]) => shape.reduce((x, y) => x * y, 1);
const run = (kernel: string, inputs: NamedTensorMap, attrs: object) =>
  engine().runKernel<Tensor>(kernel, inputs, attrs as NamedAttrMap);

const cases = fc.record({
  shape: fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 3, max: 9 }),
    fc.integer({ min: 3, max: 9 }),
    fc.integer({ min: 1, max: 10 }),
  ),
  filterSize: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.constantFrom<'same' | 'valid'>('same', 'valid'),
  // A window of negatives alone is where an engine that starts its maximum from 0 goes wrong.
  range: fc.constantFrom<readonly [number, number]>([-1, 1], [-5, -1], [-1e30, -1e29]),
});

describe('pooling in two dimensions', () => {
  test('agrees with the CPU backend, forward and backward', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, filterSize, strides, pad, range }) => {
        const x = () => tensor(numbers(count(shape), 1, ...range), [...shape]) as never;
        const { shape: outShape } = await on('cpu', () => maxPool(x(), filterSize, strides, pad) as Tensor);
        const dy = () => tensor(numbers(count(outShape), 2), outShape);
        const attrs = { filterSize, strides, pad };
        await expectSame(() => maxPool(x(), filterSize, strides, pad) as Tensor, 1e-6);
        await expectSame(() => run(MaxPoolGrad, { input: x(), output: x(), dy: dy() }, attrs), 1e-6);
        await expectSame(() => avgPool(x(), filterSize, strides, pad) as Tensor, 1e-5);
        await expectSame(() => run('AvgPoolGrad', { input: x(), dy: dy() }, attrs), 1e-5);
      }),
      { numRuns: 50 },
    );
  });

  test('takes explicit padding', async () => {
    const pad = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ] as [[number, number], [number, number], [number, number], [number, number]];
    await expectSame(() => maxPool(tensor(numbers(75, 1, -3, -1), [1, 5, 5, 3]) as never, 3, 2, pad) as Tensor);
  });

  test('gives the gradient of equal maxima to the first', () => {
    const input = tensor(new Float32Array(16).fill(-2), [1, 4, 4, 1]);
    const attrs = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
    const dx = run(MaxPoolGrad, { input, output: input, dy: tensor([1, 2, 3, 4], [1, 2, 2, 1]) }, attrs);
    expect(Array.from(dx.dataSync())).toEqual([1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0]);
  });

  test.each([1, 4, 23])('averages NaN and infinities as they are, in %i channels', async (channels) => {
    const values = [Number.NaN, -1, 2, Number.POSITIVE_INFINITY, 3, -5, Number.NEGATIVE_INFINITY, 1];
    const spread = values.flatMap((value) => Array(channels).fill(value));
    await expectSame(() => avgPool(tensor(spread, [1, 2, 4, channels]) as never, 2, 1, 'same') as Tensor);
  });

  test.each([1, 3, 9])('averages a million elements to seven digits, in %i channels', (channels) => {
    const side = channels === 1 ? 1000 : 300;
    const x = tensor(new Float32Array(side * side * channels).fill(0.1), [1, side, side, channels]);
    const mean = avgPool(x as never, [side, side], 1, 'valid') as Tensor;
    for (const value of mean.dataSync()) expect(Math.abs(value - 0.1)).toBeLessThan(1e-8);
  });

  test('averages large windows at the border over what lies inside', async () => {
    for (const channels of [1, 8, 11]) {
      const x = () => tensor(numbers(20 * 23 * channels, 1), [1, 20, 23, channels]) as never;
      await expectSame(() => avgPool(x(), [17, 19], [3, 2], 'same') as Tensor, 1e-6);
    }
  });

  test.each([1, 4])('lets NaN through, and takes a maximum of -Infinity, in %i channels', (channels) => {
    const spread = (values: number[]) =>
      tensor(
        values.flatMap((v) => Array(channels).fill(v)),
        [1, 1, 4, channels],
      );
    const pooled = (values: number[]) =>
      Array.from((maxPool(spread(values) as never, [1, 2], [1, 2], 'valid') as Tensor).dataSync());
    expect(pooled([Number.NaN, 1, 1, Number.NaN])).toEqual(Array(2 * channels).fill(Number.NaN));
    expect(pooled([-Infinity, -Infinity, -1, -2])).toEqual([
      ...Array(channels).fill(-Infinity),
      ...Array(channels).fill(-1),
    ]);
  });

  test.each([true, false])('finds the positions of the maxima, includeBatchInIndex %s', async (includeBatchInIndex) => {
    for (const at of [0, 1]) {
      await expectSame(() => {
        const x = tensor(numbers(2 * 5 * 7 * 6, 1, -3, -1), [2, 5, 7, 6]);
        const attrs = {
          filterSize: [2, 3],
          strides: [2, 2],
          pad: 'same',
          includeBatchInIndex,
        } as unknown as NamedAttrMap;
        return engine().runKernel<Tensor[]>(MaxPoolWithArgmax, { x }, attrs)[at]!;
      });
    }
  });
});

describe('pooling in three dimensions', () => {
  test.each([
    { filterSize: 2, strides: 2, pad: 'valid' },
    { filterSize: 3, strides: 1, pad: 'same' },
    { filterSize: 3, strides: 2, pad: 'same' },
  ] as const)('agrees with the CPU backend: %j', async ({ filterSize, strides, pad }) => {
    const x = () => tensor(numbers(2 * 5 * 6 * 4 * 5, 1, -5, -1), [2, 5, 6, 4, 5]) as never;
    const forward = () => maxPool3d(x(), filterSize, strides, pad) as Tensor;
    const { shape } = await on('cpu', forward);
    const dy = () => tensor(numbers(count(shape), 2), shape);
    const attrs = { filterSize: [filterSize, filterSize, filterSize], strides: [strides, strides, strides], pad };
    await expectSame(forward);
    await expectSame(() => run(MaxPool3DGrad, { input: x(), output: x(), dy: dy() }, attrs));
    await expectSame(() => avgPool3d(x(), filterSize, strides, pad) as Tensor);
    await expectSame(() => run('AvgPool3DGrad', { input: x(), dy: dy() }, attrs));
  });
});
