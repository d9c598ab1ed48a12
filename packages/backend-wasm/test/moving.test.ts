import * as tf from '@tensorflow/tfjs-core';
import { engine, reverse, type Tensor, tensor, tile, transpose } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { expectSame, numbers, useWasm } from './both.js';

beforeAll(useWasm);

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Shapes whose runs are of any length, vectors and less, an order of their axes, and a type. */
const cases = fc
  .array(fc.constantFrom(1, 2, 3, 4, 5, 17, 20), { minLength: 1, maxLength: 6 })
  .filter((shape) => sizeOf(shape) <= 20_000)
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      dtype: fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
      counts: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: shape.length, maxLength: shape.length }),
    }),
  );

/** The elements of `shape`, each of them where `source` says. */
function gathered(values: ArrayLike<number>, from: number[], shape: number[], source: (at: number[]) => number[]) {
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const at = shape.map(() => 0);
    for (let axis = shape.length - 1, left = flat; axis >= 0; axis--) {
      at[axis] = left % shape[axis]!;
      left = Math.floor(left / shape[axis]!);
    }
    return values[source(at).reduce((index, i, axis) => index * from[axis]! + i, 0)]!;
  });
}

function expectMoved(x: Tensor, out: Tensor, shape: number[], source: (at: number[]) => number[]) {
  expect(out.shape).toEqual(shape);
  expect([...out.dataSync()]).toEqual(gathered(x.dataSync(), x.shape, shape, source));
  tf.dispose([x, out]);
}

const made = (shape: number[], dtype: 'float32' | 'int32' | 'bool') =>
  tensor(
    Array.from(numbers(sizeOf(shape), 1, -99, 99), (value) =>
      dtype === 'bool' ? Number(value > 0) : Math.round(value),
    ),
    shape,
    dtype,
  );

describe('elements of any shape and width', () => {
  test('change the order of their axes', () => {
    fc.assert(
      fc.property(cases, ({ shape, order, dtype }) => {
        const x = made(shape, dtype);
        const to = order.map((axis) => shape[axis]!);
        expectMoved(x, transpose(x, order), to, (at) => shape.map((_, axis) => at[order.indexOf(axis)]!));
      }),
    );
  });

  test('are turned round', () => {
    fc.assert(
      fc.property(cases, ({ shape, order, dtype }) => {
        const x = made(shape, dtype);
        const axes = order.slice(0, Math.ceil(order.length / 2));
        expectMoved(x, reverse(x, axes), shape, (at) =>
          at.map((i, axis) => (axes.includes(axis) ? shape[axis]! - 1 - i : i)),
        );
      }),
    );
  });

  test('are repeated', () => {
    fc.assert(
      fc.property(cases, ({ shape, counts, dtype }) => {
        const x = made(shape, dtype);
        const to = shape.map((size, axis) => size * counts[axis]!);
        expectMoved(x, tile(x, counts), to, (at) => at.map((i, axis) => i % shape[axis]!));
      }),
    );
  });

  test.each([
    ['int32', 'float32'],
    ['float32', 'int32'],
    ['float32', 'bool'],
    ['int32', 'bool'],
  ] as const)('%s before %s becomes numbers of the first type', async (first, second) => {
    await expectSame(() => tf.concat([tf.ones([2, 3], first), tf.ones([2, 1], second)], 1));
  });

  test('of no size, and of large ones', () => {
    expect(transpose(tf.zeros([0, 3])).shape).toEqual([3, 0]);
    expect(tf.concat([tf.zeros([0, 3]), tf.ones([2, 3])]).shape).toEqual([2, 3]);
    expect(tf.tile(tf.zeros([2, 0]), [2, 2]).shape).toEqual([4, 0]);
    expect(tf.stack([tf.zeros([0]), tf.zeros([0])]).shape).toEqual([2, 0]);
    const x = made([301, 203], 'float32');
    expectMoved(x, transpose(x), [203, 301], ([i, j]) => [j!, i!]);
  });
});

test.each([
  ['transposed', () => transpose(tf.ones([2, 3]), [0, 0]), 'an axis is named twice'],
  ['reversed', () => reverse(tf.ones([2, 3]), [0, -2]), 'an axis is named twice'],
  ['repeated', () => tile(tf.ones([3]), [-1]), 'reps cannot be used'],
  ['repeated', () => tile(tf.ones([3]), [1.5]), 'reps cannot be used'],
  ['padded', () => tf.pad(tf.ones([3]), [[-1, 0]]), 'paddings cannot be used'],
  [
    'padded',
    () =>
      tf.pad(tf.ones([3]), [
        [1, 0],
        [1, 0],
      ] as never),
    'paddings has the wrong shape',
  ],
])('what cannot be %s is refused: %s', (_, run, message) => {
  expect(run).toThrow(message);
});

test('strings are put behind each other and cut', () => {
  const texts = tf.concat([tf.tensor2d([['a'], ['b']]), tf.tensor2d([['c'], ['d']])], 1);
  expect([...texts.dataSync()]).toEqual(['a', 'c', 'b', 'd']);
  expect([...tf.slice(texts, [0, 1], [2, 1]).dataSync()]).toEqual(['c', 'd']);
});

test('ranges of dropout give the bits of the whole', () => {
  const wasm = engine().backend as WasmEngine;
  const count = 5003;
  const x = tensor(numbers(count, 3));
  const outs = [tf.zeros([count]), tf.zeros([count])];
  const scratch = wasm.scratch(16);
  const run = (out: Tensor, ends: number[]) =>
    ends.slice(1).forEach((end, i) => {
      const args = [wasm.offset(x), wasm.offset(out), count, 7, 8, 2 ** 30, 4 / 3];
      wasm.simd.dropout(...args, ends[i]!, end, scratch);
    });
  run(outs[0]!, [0, 5]);
  run(outs[1]!, [0, 1, 2, 4, 5]);
  expect(outs[1]!.dataSync()).toEqual(outs[0]!.dataSync());
});
