import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import { expectSame, numbers, useWasm } from './both.js';

// Kernels that move values must move them whatever their width: a bool has one byte, the others four.
beforeAll(useWasm);

const sizes = (shape: number[]) => shape.reduce((x, y) => x * y, 1);
const values = (shape: number[], dtype: 'bool' | 'int32', seed = 1): tf.Tensor => {
  const random = Array.from(numbers(sizes(shape), seed, -9, 9), Math.floor);
  return tf.tensor(dtype === 'bool' ? random.map((value) => value > 0) : random, shape, dtype);
};
type Dtype = 'bool' | 'int32';

const movers: Record<string, (dtype: Dtype) => tf.Tensor> = {
  reverse: (dtype) => tf.reverse(values([5, 7], dtype), 1),
  'reverse, both axes': (dtype) => tf.reverse(values([3, 5, 3], dtype), [0, 2]),
  tile: (dtype) => tf.tile(values([3, 5], dtype), [2, 3]),
  transpose: (dtype) => tf.transpose(values([3, 5, 7], dtype), [2, 0, 1]),
  'transpose, two axes': (dtype) => tf.transpose(values([3, 5], dtype)),
  pad: (dtype) =>
    tf.pad(values([3, 5], dtype), [
      [1, 2],
      [0, 3],
    ]),
  mirrorPad: (dtype) =>
    tf.mirrorPad(
      values([3, 5], dtype),
      [
        [1, 1],
        [2, 2],
      ] as [[number, number], [number, number]],
      'reflect',
    ),
  concat: (dtype) => tf.concat([values([3, 5], dtype), values([3, 2], dtype, 2)], 1),
  'concat, first axis': (dtype) => tf.concat([values([3, 5], dtype), values([2, 5], dtype, 2)], 0),
  stack: (dtype) => tf.stack([values([3, 5], dtype), values([3, 5], dtype, 2)], 1),
  unstack: (dtype) => tf.unstack(values([3, 5], dtype), 1)[2]!,
  split: (dtype) => tf.split(values([3, 6], dtype), 2, 1)[1]!,
  slice: (dtype) => tf.slice(values([5, 7], dtype), [1, 2], [3, 3]),
  stridedSlice: (dtype) => tf.stridedSlice(values([5, 7], dtype), [0, 1], [5, 7], [2, 3]),
  gather: (dtype) => tf.gather(values([5, 3], dtype), tf.tensor1d([4, 0, 2], 'int32')),
  gatherND: (dtype) =>
    tf.gatherND(
      values([5, 3], dtype),
      tf.tensor2d(
        [
          [4, 1],
          [0, 2],
        ],
        [2, 2],
        'int32',
      ),
    ),
  where: (dtype) => tf.where(values([3, 5], 'bool', 3), values([3, 5], dtype), values([3, 5], dtype, 2)),
  expandDims: (dtype) => tf.expandDims(values([3, 5], dtype), 1),
  reshape: (dtype) => tf.reshape(values([3, 5], dtype), [5, 3]),
  clone: (dtype) => tf.clone(values([3, 5], dtype)),
  broadcastTo: (dtype) => tf.broadcastTo(values([3, 1], dtype), [2, 3, 5]),
  batchToSpaceND: (dtype) =>
    tf.batchToSpaceND(
      values([4, 1, 1, 3], dtype),
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  spaceToBatchND: (dtype) =>
    tf.spaceToBatchND(
      values([1, 2, 2, 3], dtype),
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  equal: (dtype) => tf.equal(values([3, 5], dtype), values([3, 5], dtype, 2)),
  zerosLike: (dtype) => tf.zerosLike(values([3, 5], dtype)),
  onesLike: (dtype) => tf.onesLike(values([3, 5], dtype)),
  fill: (dtype) => tf.fill([3, 5], 1, dtype as 'int32'),
  unique: (dtype) => tf.unique(values([11], dtype)).values,
  'to float': (dtype) => tf.cast(values([3, 5], dtype), 'float32'),
};

describe.each(['bool', 'int32'] as const)('values of dtype %s', (dtype) => {
  test.each(Object.keys(movers))('%s', async (name) => {
    await expectSame(() => movers[name]!(dtype), 0);
  });
});
