import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  BinaryCrossentropy,
  CategoricalCrossentropy,
  convolution2d,
  dense,
  depthwiseConvolution2d,
  frozenBatchNormalization,
  gelu,
  groupNormalization,
  gru,
  layerNormalization,
  logSoftmax,
  logSumExp,
  lstm,
  rmsNormalization,
  SparseCategoricalCrossentropy,
  scaledDotProductAttention,
  silu,
  simpleRnn,
} from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { numbersOf } from './spikes.js';

const made = (shape: number[], seed: number) => tf.tensor(numbersOf(shape, seed), shape);
const image = [3, 9, 10, 8];
const row = [3, 37];
const series = [3, 5, 6];
const weightsOf = (gates: number, bias: number[]) => ({
  kernel: made([6, gates * 7], 2),
  recurrentKernel: made([7, gates * 7], 3),
  bias: made(bias, 4),
  returnSequences: true,
});
const oneHot = (x: tf.Tensor) => tf.oneHot(tf.tensor1d([1, 5, 2], 'int32'), x.shape[1]!);
const shares = (x: tf.Tensor) => tf.softmax(x);

/** Operations whose first axis is that of the examples: what they take, and what they do. */
const operations: Record<string, readonly [number[], (x: tf.Tensor) => tf.Tensor, tolerance?: number]> = {
  dense: [row, (x) => dense(x, made([37, 9], 2), { bias: made([9], 3), activation: 'tanh' })],
  softmax: [row, (x) => tf.softmax(x)],
  logSoftmax: [row, (x) => logSoftmax(x)],
  logSumExp: [row, (x) => logSumExp(x, -1)],
  layerNormalization: [row, (x) => layerNormalization(x)],
  rmsNormalization: [row, (x) => rmsNormalization(x)],
  groupNormalization: [image, (x) => groupNormalization(x, undefined, undefined, { groups: 2 })],
  frozenBatchNormalization: [row, (x) => frozenBatchNormalization(x, { mean: made([37], 2), variance: tf.ones([37]) })],
  gelu: [row, (x) => gelu(x)],
  silu: [row, (x) => silu(x)],
  elu: [row, (x) => tf.elu(x)],
  sum: [row, (x) => tf.sum(x, 1)],
  mean: [row, (x) => tf.mean(x, 1)],
  prod: [row, (x) => tf.prod(x, 1)],
  max: [row, (x) => tf.max(x, 1)],
  cumsum: [row, (x) => tf.cumsum(x, 1)],
  topk: [row, (x) => tf.topk(x, 5).values],
  variance: [row, (x) => tf.moments(x, 1).variance],
  convolution: [image, (x) => convolution2d(x, made([3, 3, 8, 12], 2), { padding: 'same' })],
  // Winograd's or not: each is off by up to 100 · 2⁻²⁴ of what 144 products add up.
  wideConvolution: [
    [3, 12, 12, 16],
    (x) => convolution2d(x, made([3, 3, 16, 16], 2), { padding: 'same' }),
    100 * 2 ** -24 * 36,
  ],
  stridedConvolution: [image, (x) => convolution2d(x, made([3, 3, 8, 12], 2), { strides: [2, 2] })],
  dilatedConvolution: [image, (x) => convolution2d(x, made([3, 3, 8, 12], 2), { dilationRate: [2, 2] })],
  groupedConvolution: [image, (x) => convolution2d(x, made([3, 3, 4, 12], 2), { groups: 2 })],
  pointwiseConvolution: [image, (x) => convolution2d(x, made([1, 1, 8, 12], 2))],
  depthwiseConvolution: [image, (x) => depthwiseConvolution2d(x, made([3, 3, 8, 2], 2))],
  transposedConvolution: [
    image,
    (x) => tf.conv2dTranspose(x as tf.Tensor4D, made([3, 3, 12, 8], 2) as tf.Tensor4D, [3, 18, 20, 12], 2, 'same'),
  ],
  maxPooling: [image, (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same')],
  averagePooling: [image, (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same')],
  resizing: [image, (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [13, 7])],
  lstm: [series, (x) => lstm({ x, ...weightsOf(4, [28]) }).output],
  gru: [series, (x) => gru({ x, ...weightsOf(3, [2, 21]) }).output],
  gruBefore: [series, (x) => gru({ x, ...weightsOf(3, [21]), resetAfter: false }).output],
  simpleRnn: [series, (x) => simpleRnn({ x, ...weightsOf(1, [7]) }).output],
  attention: [series, (x) => scaledDotProductAttention(x, x, x)],
  categoricalCrossentropy: [
    row,
    (x) => new CategoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 }).values(oneHot(x), x),
  ],
  categoricalCrossentropyOfShares: [row, (x) => new CategoricalCrossentropy().values(oneHot(x), shares(x))],
  sparseCategoricalCrossentropy: [
    row,
    (x) => new SparseCategoricalCrossentropy({ fromLogits: true }).values(tf.tensor1d([1, 5, 2], 'int32'), x),
  ],
  binaryCrossentropy: [row, (x) => new BinaryCrossentropy({ fromLogits: true }).values(oneHot(x), x)],
};

/** As it is, but for one example that is spoilt. */
function spoilt(x: Float32Array, example: number, size: number): Float32Array {
  const length = x.length / 3;
  return x.map((value, i) => (Math.floor(i / length) === example && i % 3 === 1 ? size : value));
}

/** Examples other than `example` are as they were: to the bit, or as near as another order of adding up brings them. */
function expectOthers(got: tf.Tensor, before: tf.Tensor, example: number, tolerance: number) {
  const [now, then] = [got.dataSync(), before.dataSync()];
  const length = now.length / 3;
  for (let i = 0; i < now.length; i++) {
    if (Math.floor(i / length) === example) continue;
    const [a, b] = [now[i]!, then[i]!];
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) throw new Error(`element ${i}: ${a} for ${b}`);
  }
}

const sizes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e5, -1e30, 1e30];

describe.each([
  ['cpu', cpu],
  ['wasm, 1 thread', () => wasm({ threads: 1 })],
  ['wasm, 2 threads', () => wasm({ threads: 2 })],
] as const)('examples of a batch do not see each other, on %s', (_, backend) => {
  beforeAll(async () => {
    await activateBackend(backend());
  });

  test.each(Object.entries(operations))('%s and its gradient', (_name, [shape, run, tolerance = 1e-5]) => {
    const x = numbersOf(shape, 1);
    for (const size of sizes) {
      for (const example of [0, 1, 2]) {
        tf.tidy(() => {
          const both = [x, spoilt(x, example, size)].map((values) => {
            const given = tf.tensor(values, shape);
            const out = run(given);
            return { out, gradient: tf.grad(run)(given, made(out.shape, 9)) };
          }) as [{ out: tf.Tensor; gradient: tf.Tensor }, { out: tf.Tensor; gradient: tf.Tensor }];
          expectOthers(both[1].out, both[0].out, example, tolerance);
          expectOthers(both[1].gradient, both[0].gradient, example, tolerance);
          // What falls on one example does not flow back into another either.
          const rates = numbersOf(both[0].out.shape, 9);
          const back = tf.grad(run)(tf.tensor(x, shape), tf.tensor(spoilt(rates, example, size), both[0].out.shape));
          expectOthers(back, both[0].gradient, example, tolerance);
        });
      }
    }
  });

  const masked = { lstm: [4, [28], lstm], gru: [3, [2, 21], gru], simpleRnn: [1, [7], simpleRnn] } as const;
  test.each(Object.keys(masked) as (keyof typeof masked)[])('%s does not see what its mask hides', (name) => {
    const [gates, bias, run] = masked[name];
    const mask = tf.tensor2d([1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1], [3, 5], 'bool');
    const hidden = Array.from(mask.dataSync(), (seen) => seen === 0);
    const x = numbersOf(series, 1);
    const rates = made([3, 5, 7], 9);
    for (const size of sizes) {
      for (const goBackwards of [false, true]) {
        tf.tidy(() => {
          const weights = weightsOf(gates, [...bias]);
          const read = (values: Float32Array) => {
            const call = (given: tf.Tensor, kernel: tf.Tensor) =>
              run({ x: given, ...weights, kernel, mask, goBackwards }).output;
            const given = tf.tensor(values, series);
            const [dx, dKernel] = tf.grads(call)([given, weights.kernel], rates) as [tf.Tensor, tf.Tensor];
            return { out: call(given, weights.kernel).dataSync(), dx: dx.dataSync(), dKernel: dKernel.dataSync() };
          };
          const wild = x.map((value, i) => (hidden[Math.floor(i / 6)] === true ? size : value));
          const [now, then] = [read(wild), read(x)];
          expect(Array.from(now.out)).toEqual(Array.from(then.out));
          expect(Array.from(now.dx)).toEqual(Array.from(then.dx));
          // 0 times what is not finite is no number.
          if (Number.isFinite(size)) expect(Array.from(now.dKernel)).toEqual(Array.from(then.dKernel));
        });
      }
    }
  });

  // PyTorch's scaled_dot_product_attention answers as if a key of ±1e30 were not there, and takes a NaN key for NaN.
  test.each([5, 70])('attention does not see keys that are masked, of %i', (keys) => {
    const [queries, depth] = [6, 8];
    const mask = tf.tensor(
      Array.from({ length: queries * keys }, (_v, i) => Number(i % keys !== 3 && (i % 5 !== 1 || i % keys === 0))),
      [queries, keys],
      'bool',
    );
    const [query, key, value] = [
      [2, queries, depth],
      [2, keys, depth],
      [2, keys, depth],
    ].map((shape, i) => numbersOf(shape, i + 1)) as [Float32Array, Float32Array, Float32Array];
    const rates = made([2, queries, depth], 9);
    const run = (k: Float32Array, v: Float32Array, form: 'bool' | 'float32') => {
      const list = [query, k, v].map((values, i) => tf.tensor(values, [2, i === 0 ? queries : keys, depth]));
      const given = form === 'bool' ? mask : tf.where(mask, tf.zeros(mask.shape), Number.NEGATIVE_INFINITY);
      const call = (...qkv: tf.Tensor[]) => scaledDotProductAttention(qkv[0]!, qkv[1]!, qkv[2]!, { mask: given });
      return [call(...list), ...tf.grads(call)(list, rates)].map((result) => Array.from(result.dataSync()));
    };
    const spoil = (values: Float32Array, size: number) =>
      values.map((one, i) => (Math.floor(i / depth) % keys === 3 ? size : one));
    for (const form of ['bool', 'float32'] as const) {
      tf.tidy(() => {
        const before = run(key, value, form);
        for (const size of [1e5, 1e30, -1e30]) {
          expect(run(spoil(key, size), value, form), `keys of ${size}`).toEqual(before);
          expect(run(key, spoil(value, size), form), `values of ${size}`).toEqual(before);
        }
      });
    }
    tf.tidy(() => {
      const [plain] = run(key, value, 'bool');
      for (const size of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        expect(run(spoil(key, size), value, 'bool')[0], `keys of ${size}`).toEqual(plain);
        expect(run(key, spoil(value, size), 'bool')[0]!.every(Number.isNaN), `values of ${size}`).toBe(true);
      }
    });
  });

  test('attention to scores below any mask is that of the scores', () => {
    tf.tidy(() => {
      const [query, key] = [tf.tensor([1e30, -1e30], [2, 1]), tf.tensor([-10, -20, 30], [3, 1])];
      const mask = tf.tensor([1, 1, 0, 0, 0, 0], [2, 3], 'bool');
      const got = scaledDotProductAttention(query, key, tf.tensor([1, 2, 3], [3, 1]), { mask });
      expect(Array.from(got.dataSync())).toEqual([1, 0]);
    });
  });
});
