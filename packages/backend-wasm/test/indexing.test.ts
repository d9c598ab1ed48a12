import {
  gather,
  gatherND,
  scatterND,
  sparseToDense,
  type Tensor,
  tensor,
  tensor1d,
  tensorScatterUpdate,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, expectSame, numbers, useWasm } from './both.js';

beforeAll(useWasm);

describe('unsortedSegmentSum', () => {
  test('adds rows up by their segment, and drops ids outside the range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2, max: 6 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
        fc.integer({ min: 1, max: 6 }),
        (ids, inner, segments) => {
          const width = inner.reduce((x, y) => x * y, 1);
          const x = numbers(ids.length * width, 1);
          const expected = new Float64Array(segments * width);
          for (const [row, id] of ids.entries()) {
            if (id < 0 || id >= segments) continue;
            for (let j = 0; j < width; j++) expected[id * width + j]! += x[row * width + j]!;
          }
          const out = unsortedSegmentSum(tensor(x, [ids.length, ...inner]), tensor1d(ids, 'int32'), segments) as Tensor;
          expect(out.shape).toEqual([segments, ...inner]);
          expectClose(out.dataSync(), expected);
        },
      ),
    );
  });

  test.each([1, 5, 33])('adds a million tenths up to seven digits, in %i columns', (columns) => {
    // Segments of many rows beside others of few, and rows that are dropped.
    const rows = columns === 1 ? 1e6 : 200_000;
    const ids = Int32Array.from({ length: rows }, (_, i) =>
      i % 1000 === 7 ? 2 : i % 1000 === 8 ? -1 : i % 3 === 0 ? 3 : 0,
    );
    const counts = [0, 1, 2, 3].map((segment) => ids.filter((id) => id === segment).length);
    const x = tensor(new Float32Array(rows * columns).fill(0.1), [rows, columns]);
    const sums = unsortedSegmentSum(x, tensor1d(ids, 'int32'), 4).dataSync();
    const scattered = scatterND(
      tensor(
        ids.map((id) => Math.max(id, 0)),
        [rows, 1],
        'int32',
      ),
      x,
      [4, columns],
    ).dataSync();
    counts.forEach((count, segment) => {
      const dropped = segment === 0 ? rows - counts.reduce((a, b) => a + b) : 0;
      // Few rows are added as float32 adds.
      const tolerance = count > 2048 ? 1e-7 : 1e-5;
      for (let c = 0; c < columns; c++) {
        const [sum, all] = [sums[segment * columns + c]!, scattered[segment * columns + c]!];
        expect(Math.abs(sum - 0.1 * count)).toBeLessThanOrEqual(tolerance * count);
        expect(Math.abs(all - 0.1 * (count + dropped))).toBeLessThanOrEqual(tolerance * count);
      }
    });
  });

  test('of no rows is zeros', () => {
    const out = unsortedSegmentSum(tensor([], [0, 2]), tensor1d([], 'int32'), 3);
    expect([...out.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('gather', () => {
  test('agrees with the CPU backend on every axis', async () => {
    const indices = () => tensor([2, 0, 1, 1, 2, 0], [2, 3], 'int32');
    for (const axis of [0, 1, 2, -1]) {
      await expectSame(() => gather(tensor(numbers(60, 1), [3, 4, 5]), indices(), axis));
    }
    for (const dtype of ['bool', 'int32'] as const) {
      await expectSame(() => gather(tensor([1, 0, 1, 0, 0, 1, 1, 0, 1], [3, 3], dtype), indices(), 0));
    }
  });

  test('takes the indices of each batch', async () => {
    for (const [shape, axis] of [
      [[3, 2], 1],
      [[3, 5], 2],
    ] as const) {
      const indices = [3, 0, 1, 1, 2, 0, 2, 3, 1, 0, 3, 1, 2, 0, 1].slice(0, shape[0] * shape[1]);
      await expectSame(() => gather(tensor(numbers(60, 1), [3, 4, 5]), tensor(indices, [...shape], 'int32'), axis, 1));
    }
  });

  test.each([-1, 4])('refuses the index %i', (index) => {
    const x = tensor(numbers(8, 1), [4, 2]);
    expect(() => gather(x, tensor1d([0, index], 'int32'))).toThrow(/index 1 of the lookup is out of range/);
  });
});

test('a sum has no negative number of segments', () => {
  const run = () => unsortedSegmentSum(tensor(numbers(6, 1), [3, 2]), tensor1d([0, 1, 1], 'int32'), -1);
  expect(run).toThrow('numSegments cannot be used');
});

describe('indices outside the tensor', () => {
  const at = (...index: number[]) => tensor(index, [1, index.length], 'int32');
  const rows = () => tensor(numbers(6, 1), [3, 2]);

  test.each([
    ['gatherND', () => gatherND(rows(), at(3, 0))],
    ['gatherND', () => gatherND(rows(), at(-1))],
    ['scatterND', () => scatterND(at(99), tensor1d([1]), [4])],
    ['scatterND', () => scatterND(at(0, 2), tensor1d([1]), [3, 2])],
    ['tensorScatterUpdate', () => tensorScatterUpdate(rows(), at(3), tensor(numbers(2, 1), [1, 2]))],
    ['sparseToDense', () => sparseToDense(at(0, 2), tensor1d([1]), [3, 2], 0)],
    ['sparseToDense', () => sparseToDense(tensor1d([4], 'int32'), tensor1d([1]), [4], 0)],
  ])('are refused by %s', (_name, run) => {
    expect(run).toThrow(/out of range/);
  });

  test('are told from those inside', async () => {
    await expectSame(() => sparseToDense(tensor1d([3, 0], 'int32'), tensor1d([1, 2]), [4], 0.5));
    await expectSame(() => sparseToDense(tensor([2, 1, 0, 0], [2, 2], 'int32'), tensor1d([1, 2]), [3, 2], 0.5));
    await expectSame(() => gatherND(rows(), at(2, 1)));
    await expectSame(() => scatterND(at(3), tensor1d([1]), [4]));
  });
});
