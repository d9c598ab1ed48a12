import { registerGradients } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { expectClose, numbers, useWasm } from './both.js';

beforeAll(useWasm);

const size = (shape: number[]) => shape.reduce((x, y) => x * y, 1);
const floats = (shape: number[], seed = 1) => tf.tensor(numbers(size(shape), seed), shape);

/** Writes into the memory of a tensor, as kernels do that work in place. */
const overwrite = (x: tf.Tensor, values: Float32Array): void =>
  (tf.backend() as WasmEngine).typedArrayFromHeap(x).set(values);

type T2 = tf.Tensor2D;
type T4 = tf.Tensor4D;

/** A weight that was used must never be remembered in another form. Large enough for any packing. */
const uses: [name: string, weight: number[], use: (w: tf.Tensor) => tf.Tensor][] = [
  ['matMul', [40, 24], (w) => tf.matMul(floats([32, 40], 5) as T2, w as T2)],
  ['matMul, transposed', [24, 40], (w) => tf.matMul(floats([32, 40], 5) as T2, w as T2, false, true)],
  ['matMul, on the left', [40, 24], (w) => tf.matMul(w as T2, floats([24, 32], 5) as T2)],
  [
    'fused matMul',
    [40, 24],
    (w) => tf.fused.matMul({ a: floats([32, 40], 5) as T2, b: w as T2, bias: floats([24], 6), activation: 'relu' }),
  ],
  ['conv2d', [3, 3, 8, 16], (w) => tf.conv2d(floats([2, 9, 9, 8], 5) as T4, w as T4, 1, 'same')],
  ['conv2d of 1 x 1', [1, 1, 8, 16], (w) => tf.conv2d(floats([2, 9, 9, 8], 5) as T4, w as T4, 1, 'same')],
  [
    'fused conv2d',
    [3, 3, 8, 16],
    (w) =>
      tf.fused.conv2d({
        x: floats([2, 9, 9, 8], 5) as T4,
        filter: w as T4,
        strides: 1,
        pad: 'same',
        activation: 'elu',
      }),
  ],
  [
    'conv2dTranspose',
    [3, 3, 16, 8],
    (w) => tf.conv2dTranspose(floats([2, 5, 5, 8], 5) as T4, w as T4, [2, 10, 10, 16], 2, 'same'),
  ],
  ['depthwiseConv2d', [3, 3, 8, 2], (w) => tf.depthwiseConv2d(floats([2, 9, 9, 8], 5) as T4, w as T4, 1, 'same')],
  [
    'fused depthwiseConv2d',
    [3, 3, 8, 1],
    (w) =>
      tf.fused.depthwiseConv2d({
        x: floats([2, 9, 9, 8], 5) as T4,
        filter: w as T4,
        strides: 1,
        pad: 'same',
        activation: 'relu6',
      }),
  ],
  ['conv3d', [2, 2, 2, 4, 8], (w) => tf.conv3d(floats([1, 5, 5, 5, 4], 5) as tf.Tensor5D, w as tf.Tensor5D, 1, 'same')],
  ['einsum', [24, 40], (w) => tf.einsum('bij,kj->bik', floats([2, 16, 40], 5), w)],
  ['prelu', [40], (w) => tf.prelu(floats([32, 40], 5), w)],
];

describe('a weight that is written to after it was used', () => {
  test.each(uses)('counts as it is now: %s', (_name, shape, use) => {
    tf.tidy(() => {
      const [before, after] = [numbers(size(shape), 1), numbers(size(shape), 2)];
      const weight = tf.tensor(before, shape);
      const first = use(weight).dataSync();
      overwrite(weight, after);
      const second = use(weight).dataSync();
      expectClose(second, use(tf.tensor(after, shape)).dataSync(), 0);
      expect([...second]).not.toEqual([...first]);
    });
  });

  test('also as a variable, by way of its gradient', () => {
    registerGradients();
    tf.tidy(() => {
      const weight = tf.variable(floats([40, 24], 1) as T2);
      const x = floats([32, 40], 5) as T2;
      const slope = () =>
        tf
          .grad((v) => tf.sum(tf.square(tf.matMul(v as T2, weight))))(x)
          .dataSync();
      slope();
      weight.assign(floats([40, 24], 2) as T2);
      const fresh = tf.tidy(() => {
        const w = floats([40, 24], 2) as T2;
        return tf
          .grad((v) => tf.sum(tf.square(tf.matMul(v as T2, w))))(x)
          .dataSync();
      });
      expectClose(slope(), fresh, 0);
      weight.dispose();
    });
  });
});

describe('a million times 0.1', () => {
  const layouts: [name: string, shape: number[], axis?: number[]][] = [
    ['in one row', [1_000_000]],
    ['over all of three axes', [100, 100, 100]],
    ['over the last axis', [1, 1_000_000], [1]],
    ['over the first axis', [1_000_000, 1], [0]],
    ['over the first axis, others beside it', [1_000_000, 3], [0]],
    ['over the middle axis', [2, 1_000_000, 2], [1]],
    ['over the outer axes', [1000, 2, 1000], [0, 2]],
    ['over the first axes', [1000, 1000, 2], [0, 1]],
    ['over the last axes', [2, 1000, 1000], [1, 2]],
  ];
  test.each(layouts)('is a hundred thousand, %s', (_name, shape, axis) => {
    tf.tidy(() => {
      const x = tf.fill(shape, 0.1);
      for (const total of tf.sum(x, axis).dataSync()) expect(Math.abs(total - 100_000)).toBeLessThan(0.01);
      for (const mean of tf.mean(x, axis).dataSync()) expect(Math.abs(mean - 0.1)).toBeLessThan(1e-8);
    });
  });
});
