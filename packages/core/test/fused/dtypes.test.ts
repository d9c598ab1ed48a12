import { activations } from '@espalier/layers';
import { backends } from '@espalier/testing';
import { cast, memory, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  activateBackend,
  BinaryAccuracy,
  BinaryCrossentropy,
  batchNormalization,
  CategoricalAccuracy,
  CategoricalCrossentropy,
  convolution2d,
  dense,
  depthwiseConvolution2d,
  dropout,
  gelu,
  groupNormalization,
  gru,
  isEspalierError,
  layerNormalization,
  logSoftmax,
  lstm,
  MeanAbsoluteError,
  MeanSquaredError,
  rmsNormalization,
  SparseCategoricalAccuracy,
  SparseCategoricalCrossentropy,
  scaledDotProductAttention,
  silu,
  simpleRnn,
} from '../../src/index.js';

const numbers = (shape: number[]): Tensor => {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => (i * 7) % 3),
    shape,
  );
};
const weights = (...shape: number[]) => numbers(shape);
const labels = (shape: number[]) => cast(numbers(shape), 'int32');

/** What takes a tensor of numbers, the shape of that, and what else it is given as float32. */
const table: readonly (readonly [name: string, shape: number[], run: (x: Tensor) => Tensor])[] = [
  ['dense', [2, 3], (x) => dense(x, weights(3, 2))],
  ['convolution2d', [1, 3, 3, 2], (x) => convolution2d(x, weights(2, 2, 2, 2))],
  ['convolution2d with groups', [1, 3, 3, 2], (x) => convolution2d(x, weights(2, 2, 1, 2), { groups: 2 })],
  ['depthwiseConvolution2d', [1, 3, 3, 2], (x) => depthwiseConvolution2d(x, weights(2, 2, 2, 1))],
  ['batchNormalization', [3, 2], (x) => batchNormalization(x, weights(2), weights(2))],
  ['layerNormalization', [3, 2], (x) => layerNormalization(x, weights(2))],
  ['rmsNormalization', [3, 2], (x) => rmsNormalization(x, weights(2))],
  ['groupNormalization', [3, 2, 4], (x) => groupNormalization(x, weights(4), undefined, { groups: 2 })],
  ['scaledDotProductAttention', [1, 3, 2], (x) => scaledDotProductAttention(x, x, x)],
  ['attention, queries alone', [1, 3, 2], (x) => scaledDotProductAttention(x, weights(1, 3, 2), weights(1, 3, 2))],
  ['lstm', [2, 3, 2], (x) => lstm({ x, kernel: weights(2, 4), recurrentKernel: weights(1, 4) }).output],
  [
    'lstm, states',
    [2, 1],
    (x) =>
      lstm({ x: weights(2, 3, 2), kernel: weights(2, 4), recurrentKernel: weights(1, 4), initialState: [x, x] }).output,
  ],
  ['gru', [2, 3, 2], (x) => gru({ x, kernel: weights(2, 3), recurrentKernel: weights(1, 3) }).output],
  ['simpleRnn', [2, 3, 2], (x) => simpleRnn({ x, kernel: weights(2, 1), recurrentKernel: weights(1, 1) }).output],
  ['dropout', [4, 4], (x) => dropout(x, { rate: 0.5, seed: [1, 2] })],
  ['gelu', [3], (x) => gelu(x)],
  ['gelu by tanh', [3], (x) => gelu(x, { approximate: true })],
  ['silu', [3], (x) => silu(x)],
  ['logSoftmax', [2, 3], (x) => logSoftmax(x)],
  ...Object.entries(activations).map(
    ([name, f]) => [`activation ${name}`, [2, 3], f] as [string, number[], (x: Tensor) => Tensor],
  ),
  ['meanSquaredError', [2, 3], (x) => new MeanSquaredError().values(weights(2, 3), x)],
  ['meanSquaredError, targets', [2, 3], (x) => new MeanSquaredError().values(x, weights(2, 3))],
  ['meanSquaredError, both', [2, 3], (x) => new MeanSquaredError().values(x, x)],
  ['meanAbsoluteError', [2, 3], (x) => new MeanAbsoluteError().values(labels([2, 3]), x)],
  ['binaryCrossentropy', [2, 3], (x) => new BinaryCrossentropy().values(weights(2, 3), x)],
  ['binaryCrossentropy of logits', [2, 3], (x) => new BinaryCrossentropy({ fromLogits: true }).values(x, x)],
  ['categoricalCrossentropy', [2, 3], (x) => new CategoricalCrossentropy().values(x, x)],
  [
    'categoricalCrossentropy of logits',
    [2, 3],
    (x) => new CategoricalCrossentropy({ fromLogits: true }).values(weights(2, 3), x),
  ],
  ['sparseCategoricalCrossentropy', [2, 3], (x) => new SparseCategoricalCrossentropy().values(labels([2]), x)],
  ['sparseCategoricalCrossentropy, labels', [2], (x) => new SparseCategoricalCrossentropy().values(x, weights(2, 3))],
  ['binaryAccuracy', [2, 3], (x) => new BinaryAccuracy().values(x, x)],
  ['categoricalAccuracy', [2, 3], (x) => new CategoricalAccuracy().values(x, x)],
  ['sparseCategoricalAccuracy', [2, 3], (x) => new SparseCategoricalAccuracy().values(labels([2]), x)],
  ['sparseCategoricalAccuracy, labels', [2], (x) => new SparseCategoricalAccuracy().values(x, weights(2, 3))],
];

describe.each(backends)('on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  it.each(table)('%s of int32 and bool is that of float32', (_name, shape, run) => {
    for (const dtype of ['int32', 'bool'] as const) {
      const x = cast(numbers(shape), dtype);
      const right = [...run(cast(x, 'float32')).dataSync()];
      const got = [...run(x).dataSync()].map(Number);
      expect(got.length).toBe(right.length);
      for (const [i, value] of right.entries()) expect(got[i], `${dtype}, element ${i}`).toBeCloseTo(value, 5);
    }
  });

  it.each(table.filter(([name]) => !/activation|dropout|Error|entropy|Accuracy|states/.test(name)))(
    '%s refuses strings in words of its own, and leaves nothing behind',
    (_name, shape, run) => {
      const x = tensor(new Array<string>(shape.reduce((a, b) => a * b, 1)).fill('word'), shape, 'string');
      expect(() => run(x)).toThrowError(expect.toSatisfy((error) => isEspalierError(error, 'ShapeError')));
      x.dispose();
    },
  );

  it.each([Number.NaN, -0.1, 1, 2])('dropout refuses the rate %s', (rate) => {
    const before = memory().numTensors;
    const x = numbers([2]);
    expect(() => dropout(x, { rate, seed: [1, 2] })).toThrowError(/dropout: rate is out of range/);
    x.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    ['axes', () => dense(numbers([3]), weights(3, 2))],
    ['features', () => dense(numbers([2, 4]), weights(3, 2))],
    ['a kernel of three axes', () => dense(numbers([2, 3]), weights(1, 3, 2))],
  ])('dense refuses other %s itself', (_name, run) => {
    expect(run).toThrowError(/^dense: input and kernel do not go together/);
  });
});
