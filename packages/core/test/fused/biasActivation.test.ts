import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  type BiasActivation,
  convolution2d,
  dense,
  depthwiseConvolution2d,
  type FusedActivation,
} from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import {
  add,
  concat,
  conv2d,
  depthwiseConv2d,
  elu,
  grad,
  grads,
  leakyRelu,
  matMul,
  memory,
  mul,
  relu,
  relu6,
  reshape,
  sigmoid,
  split,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tanh,
  tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

type Product = (x: Tensor, w: Tensor, options: BiasActivation) => Tensor;

/** Values that lie neither at 0 nor near it after a product, as long as few are added. */
const made = (shape: readonly number[], seed: number, scale = 1) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from(
    { length: size },
    (_, i) => scale * ((((i + 1 + 77 * seed) * 0.6180339887498949) % 1) * 2 - 1),
  );
  return tensor(values, [...shape]);
};

const apart: Record<FusedActivation, (x: Tensor) => Tensor> = {
  linear: (x) => x,
  relu,
  relu6,
  elu,
  sigmoid,
  tanh,
  leakyRelu: (x) => leakyRelu(x, 0.2),
};
const names = Object.keys(apart) as FusedActivation[];

const flat = (x: Tensor, w: Tensor) => {
  const y = matMul(reshape(x, [-1, w.shape[0]!]) as Tensor2D, w as Tensor2D);
  return reshape(y, [...x.shape.slice(0, -1), w.shape[1]!]);
};
const inGroups = (x: Tensor, w: Tensor, groups: number, one: (x: Tensor, w: Tensor) => Tensor) => {
  const [parts, filters] = [split(x, groups, 3), split(w, groups, 3)];
  return concat(
    parts.map((part, i) => one(part, filters[i]!)),
    3,
  );
};
const products: [string, Product, (x: Tensor, w: Tensor) => Tensor, number[], number[], number][] = [
  ['dense', dense, flat, [5, 7], [7, 3], 3],
  ['dense on sequences', dense, flat, [3, 5, 4], [4, 9], 9],
  ['dense on many rows', dense, flat, [200, 6], [6, 17], 17],
  ['dense into one unit', dense, flat, [70, 6], [6, 1], 1],
  [
    'convolution2d',
    convolution2d,
    (x, w) => conv2d(x as Tensor4D, w as Tensor4D, 1, 'valid'),
    [2, 6, 5, 3],
    [3, 2, 3, 10],
    10,
  ],
  [
    'convolution2d with strides and padding',
    (x, w, options) => convolution2d(x, w, { ...options, strides: [2, 1], padding: 'same' }),
    (x, w) => conv2d(x as Tensor4D, w as Tensor4D, [2, 1], 'same'),
    [2, 5, 6, 2],
    [3, 3, 2, 4],
    4,
  ],
  [
    'convolution2d in groups',
    (x, w, options) => convolution2d(x, w, { ...options, padding: 'same', groups: 3 }),
    (x, w) => inGroups(x, w, 3, (part, filter) => conv2d(part as Tensor4D, filter as Tensor4D, 1, 'same')),
    [2, 4, 5, 6],
    [3, 2, 2, 12],
    12,
  ],
  [
    'convolution2d in groups of one channel',
    (x, w, options) => convolution2d(x, w, { ...options, strides: [2, 2], groups: 3 }),
    (x, w) => inGroups(x, w, 3, (part, filter) => conv2d(part as Tensor4D, filter as Tensor4D, 2, 'valid')),
    [2, 6, 5, 3],
    [3, 3, 1, 6],
    6,
  ],
  [
    'depthwiseConvolution2d',
    (x, w, options) => depthwiseConvolution2d(x, w, { ...options, padding: 'same' }),
    (x, w) => depthwiseConv2d(x as Tensor4D, w as Tensor4D, 1, 'same'),
    [2, 5, 4, 3],
    [3, 3, 3, 2],
    6,
  ],
];

describe.each([
  ['cpu', () => cpu()],
  ['wasm', () => wasm({ threads: 1 })],
] as const)('on %s', (_, backend) => {
  beforeAll(() => activateBackend(backend()));

  describe.each(products)('%s', (_name, product, plain, xShape, wShape, columns) => {
    it.each(names)('gives the numbers and gradients of separate operations: %s', (activation) => {
      const before = memory().numTensors;
      tidy(() => {
        // Large enough that relu6 is met on both sides.
        const inputs = [made(xShape, 1, 2), made(wShape, 2, 2), made([columns], 3, 2)];
        const fused = (x: Tensor, w: Tensor, bias: Tensor) => product(x, w, { bias, activation });
        const separate = (x: Tensor, w: Tensor, bias: Tensor) => apart[activation](add(plain(x, w), bias));
        const expected = separate(...(inputs as [Tensor, Tensor, Tensor]));
        const dy = made(expected.shape, 4);
        const [got, want] = [fused, separate].map((f) => [
          f(...(inputs as [Tensor, Tensor, Tensor])),
          ...grads(f as (...xs: Tensor[]) => Tensor)(inputs, dy),
        ]);
        for (const [i, one] of want!.entries()) {
          expect(got![i]!.shape).toEqual(one.shape);
          const values = one.dataSync<'float32'>();
          const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          const off = got!
            [i]!.dataSync<'float32'>()
            .reduce((most, v, j) => Math.max(most, Math.abs(v - values[j]!)), 0);
          expect(off / scale).toBeLessThan(3e-6);
        }
      });
      expect(memory().numTensors).toBe(before);
    });

    it('needs no bias', () => {
      const [x, w] = [made(xShape, 1), made(wShape, 2)];
      const [dx] = grads((a, b) => product(a!, b!, { activation: 'sigmoid' }))([x, w]);
      const [expected] = grads((a, b) => sigmoid(plain(a!, b!)))([x, w]);
      const values = expected!.dataSync();
      for (const [i, v] of dx!.dataSync().entries()) expect(v).toBeCloseTo(values[i]!, 5);
    });
  });

  it('agrees with finite differences', () => {
    for (const activation of ['elu', 'sigmoid', 'tanh'] as const) {
      const inputs = [made([3, 4], 1), made([4, 5], 2), made([5], 3)];
      const f = (x: Tensor, w: Tensor, bias: Tensor) => dense(x, w, { bias, activation });
      for (const { input, error } of compareWithFiniteDifferences(f as (...xs: Tensor[]) => Tensor, inputs)) {
        expect(error, `${activation} of input ${input}`).toBeLessThan(2e-3);
      }
    }
  });

  it('can be differentiated twice', () => {
    const w = made([3, 2], 1);
    const twice = (f: (x: Tensor) => Tensor) => grad((x) => sum(mul(grad(f)(x), x)))(made([4, 3], 2)).dataSync();
    const got = twice((x) => dense(x, w, { activation: 'sigmoid' }));
    const expected = twice((x) => sigmoid(matMul(x as Tensor2D, w as Tensor2D)));
    for (const [i, v] of got.entries()) expect(v).toBeCloseTo(expected[i]!, 5);
  });

  it('can be differentiated twice in groups', () => {
    const options = { groups: 2, padding: 'same' as const };
    const w = made([3, 3, 2, 6], 1);
    const twice = (f: (x: Tensor) => Tensor) => grad((x) => sum(mul(grad(f)(x), x)))(made([1, 4, 3, 4], 2)).dataSync();
    const got = twice((x) => convolution2d(x, w, { ...options, activation: 'sigmoid' }));
    const plain = (x: Tensor, w: Tensor) => conv2d(x as Tensor4D, w as Tensor4D, 1, 'same');
    const expected = twice((x) => sigmoid(inGroups(x, w, 2, plain)));
    for (const [i, v] of got.entries()) expect(v).toBeCloseTo(expected[i]!, 4);
  });

  it('refuses filters that do not fit the groups', () => {
    const convolve = (filter: number[], groups: number) => () =>
      convolution2d(made([1, 3, 3, 4], 1), made(filter, 2), { groups });
    expect(convolve([3, 3, 4, 4], 2)).toThrow('input, filter and groups do not go together');
    expect(convolve([3, 3, 2, 4], 1)).toThrow('input, filter and groups do not go together');
    expect(convolve([3, 3, 2, 5], 2)).toThrow('outputs that divide into 2');
    expect(convolve([3, 3, 8, 4], 0.5)).toThrow('input, filter and groups do not go together');
    expect(convolve([3, 3, 4], 1)).toThrow('input, filter and groups do not go together');
  });

  it('keeps the digits of elu near 0', () => {
    const x = [-1e-8, -1e-6, -1e-4, -1e-2, -1, -20];
    const one = tensor1d([1]);
    const got = dense(tensor(x, [6, 1]), reshape(one, [1, 1]), { activation: 'elu' }).dataSync();
    for (const [i, of] of x.entries()) expect(Math.abs(got[i]! / Math.expm1(of) - 1), `elu(${of})`).toBeLessThan(3e-7);
  });

  it('refuses depthwise filters of other channels', () => {
    for (const filter of [
      [2, 2, 3, 1],
      [2, 2, 8, 1],
      [2, 2, 4],
    ]) {
      const run = () => depthwiseConvolution2d(made([1, 3, 3, 4], 1), made(filter, 2));
      expect(run).toThrow('input and filter do not go together');
    }
  });

  it.each(products)(
    '%s refuses a bias that is not one number a column',
    (_name, product, _, xShape, wShape, columns) => {
      for (const shape of [[], [columns + 1], [1, columns], [2, 1, 1, columns]]) {
        const run = () => product(made(xShape, 1), made(wShape, 2), { bias: made(shape, 3) });
        expect(run).toThrow('bias has the wrong shape');
      }
    },
  );

  it('takes a batch of none', () => {
    const [x, w, bias] = [tensor([], [0, 3]), made([3, 2], 1), tensor1d([1, 2])];
    const found = grads((a, b, c) => dense(a!, b!, { bias: c!, activation: 'relu' }))([x, w, bias]);
    expect(found.map((one) => Array.from(one.dataSync()))).toEqual([[], [0, 0, 0, 0, 0, 0], [0, 0]]);
  });
});
