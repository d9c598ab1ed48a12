import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectSame, numbers, useWasm } from './both.js';

// The kernels that are still tfjs's own, against the CPU backend: ones that are found to be wrong must be replaced.
beforeAll(useWasm);

const size = (shape: number[]) => shape.reduce((x, y) => x * y, 1);
const floats = (shape: number[], seed = 1, low = -2, high = 2) =>
  tf.tensor(numbers(size(shape), seed, low, high), shape);
const ints = (shape: number[], seed = 1, low = -9, high = 9) =>
  tf.tensor(Int32Array.from(numbers(size(shape), seed, low, high), Math.floor), shape, 'int32');
const bools = (shape: number[], seed = 1) =>
  tf.tensor(
    Array.from(numbers(size(shape), seed), Number).map((v) => v > 0),
    shape,
    'bool',
  );
/** Makes the heap dirty first, so that a kernel that leaves part of its result unwritten shows. */
const dirty = () => tf.dispose([1, 10, 100, 1000, 10_000].map((n) => tf.fill([n], Number.NaN)));
const same = (compute: () => tf.Tensor, tolerance = 1e-5) =>
  expectSame(() => {
    dirty();
    return compute();
  }, tolerance);

describe('functions of one element', () => {
  const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    abs: tf.abs,
    acos: (x: tf.Tensor) => tf.acos(tf.div(x, 2)),
    acosh: (x: tf.Tensor) => tf.acosh(tf.add(x, 3)),
    asin: (x: tf.Tensor) => tf.asin(tf.div(x, 2)),
    asinh: tf.asinh,
    atan: tf.atan,
    atanh: (x: tf.Tensor) => tf.atanh(tf.div(x, 3)),
    ceil: tf.ceil,
    clip: (x: tf.Tensor) => tf.clipByValue(x, -0.5, 1),
    cos: tf.cos,
    cosh: tf.cosh,
    elu: tf.elu,
    erf: tf.erf,
    expm1: tf.expm1,
    floor: tf.floor,
    isFinite: tf.isFinite,
    isInf: tf.isInf,
    isNaN: tf.isNaN,
    leakyRelu: (x: tf.Tensor) => tf.leakyRelu(x, 0.3),
    log: (x: tf.Tensor) => tf.log(tf.abs(x)),
    log1p: (x: tf.Tensor) => tf.log1p(tf.abs(x)),
    logicalNot: (x: tf.Tensor) => tf.logicalNot(tf.cast(x, 'bool')),
    neg: tf.neg,
    reciprocal: tf.reciprocal,
    relu: tf.relu,
    relu6: (x: tf.Tensor) => tf.relu6(tf.mul(x, 5)),
    round: tf.round,
    rsqrt: (x: tf.Tensor) => tf.rsqrt(tf.abs(x)),
    selu: tf.selu,
    sign: tf.sign,
    sin: tf.sin,
    sinh: tf.sinh,
    softplus: (x: tf.Tensor) => tf.softplus(tf.mul(x, 30)),
    sqrt: (x: tf.Tensor) => tf.sqrt(tf.abs(x)),
    square: tf.square,
    step: (x: tf.Tensor) => tf.step(x, 0.1),
    tan: tf.tan,
  };

  test.each(Object.entries(unary))('%s', async (_name, run) => {
    await same(() => run(floats([7, 9])), 2e-5);
    await same(() => run(floats([0, 3])));
  });
});

describe('NaN and infinities', () => {
  const odd = () => tf.tensor1d([Number.NaN, Infinity, -Infinity, 0, -1, 1, Number.NaN, 2, 3]);

  test.each(
    Object.entries<(x: tf.Tensor) => tf.Tensor>({
      relu: tf.relu,
      relu6: tf.relu6,
      clip: (x) => tf.clipByValue(x, -0.5, 1),
      maximum: (x) => tf.maximum(x, 0),
      minimum: (x) => tf.minimum(x, 0),
      max: (x) => tf.max(x),
      min: (x) => tf.min(x),
      softmax: (x) => tf.softmax(x),
      leakyRelu: (x) => tf.leakyRelu(x, 0.2),
      selu: tf.selu,
      step: (x) => tf.step(x),
      greater: (x) => tf.greater(x, 0),
      elu: tf.elu,
      sqrt: tf.sqrt,
      log: tf.log,
      square: tf.square,
      abs: tf.abs,
      softplus: tf.softplus,
      isNaN: tf.isNaN,
      isInf: tf.isInf,
      isFinite: tf.isFinite,
      sum: (x) => tf.sum(x),
      mean: (x) => tf.mean(x),
      twice: (x) => tf.add(x, x),
      product: (x) => tf.mul(x, 2),
      infiniteMaximum: (x) => tf.max(tf.slice(x as tf.Tensor1D, 1, 5)),
      lowestMaximum: (x) => tf.max(tf.slice(x as tf.Tensor1D, 2, 1)),
    }),
  )('%s treats them as the CPU backend does', async (_name, run) => {
    await same(() => run(odd()));
  });
});

describe('functions of two elements', () => {
  const shapes: [number[], number[]][] = [
    [[5], [5]],
    [[4, 5], [5]],
    [
      [4, 1],
      [1, 5],
    ],
    [
      [3, 1, 5],
      [4, 5],
    ],
    [[], [3, 4]],
    [
      [2, 3, 4, 5],
      [3, 1, 5],
    ],
    [[0, 3], [3]],
  ];
  const both = {
    add: tf.add,
    sub: tf.sub,
    mul: tf.mul,
    maximum: tf.maximum,
    minimum: tf.minimum,
    squaredDifference: tf.squaredDifference,
    greater: tf.greater,
    greaterEqual: tf.greaterEqual,
    less: tf.less,
    lessEqual: tf.lessEqual,
    equal: tf.equal,
    notEqual: tf.notEqual,
  };

  test.each(Object.entries({ ...both, div: tf.div, atan2: tf.atan2, floorDiv: tf.floorDiv, mod: tf.mod }))(
    '%s of floats broadcasts',
    async (_name, run) => {
      for (const [a, b] of shapes) await same(() => run(floats(a), floats(b, 2)));
    },
  );

  test.each(Object.entries(both))('%s of integers broadcasts', async (_name, run) => {
    for (const [a, b] of shapes) await same(() => run(ints(a), ints(b, 2)));
  });

  test('pow, and logic', async () => {
    for (const [a, b] of shapes) {
      await same(() => tf.pow(tf.abs(floats(a)), floats(b, 2)), 1e-4);
      for (const run of [tf.logicalAnd, tf.logicalOr, tf.logicalXor]) await same(() => run(bools(a), bools(b, 2)));
    }
    await same(() => tf.where(bools([3, 4]), floats([3, 4]), floats([3, 4], 2)));
    await same(() => tf.where(bools([4]), floats([3, 4]), floats([3, 4], 2)));
    await same(() => tf.clipByValue(ints([9]), -3, 4));
    await same(() => tf.addN([floats([3, 4]), floats([3, 4], 2), floats([3, 4], 3)]));
  });
});

describe('scans and counts', () => {
  test('cumsum and cumprod on every axis', async () => {
    for (const axis of [0, 1, 2]) {
      for (const exclusive of [false, true]) {
        for (const reverse of [false, true]) {
          await same(() => tf.cumsum(floats([3, 4, 5]), axis, exclusive, reverse));
          await same(() => tf.cumprod(floats([3, 4, 5]), axis, exclusive, reverse));
        }
      }
    }
  });

  test('cumsum and cumprod of integers', async () => {
    for (const axis of [0, 1]) {
      await same(() => tf.cumsum(ints([3, 20]), axis, axis === 0, true));
      await same(() => tf.cumprod(ints([3, 4], 1, 1, 5), axis, true, axis === 0));
    }
  });

  test('a running sum of a million tenths is a hundred thousand, to seven digits', () => {
    for (const [shape, axis] of [
      [[1e6], 0],
      [[1e6, 1], 0],
      [[50_000, 20], 0],
      [[2, 20_000, 25], 1],
    ] as const) {
      const sums = tf.cumsum(tf.fill([...shape], 0.1), axis);
      const count = shape[axis]!;
      const last = tf.slice(
        sums,
        shape.map((_, i) => (i === axis ? count - 1 : 0)),
        shape.map((size, i) => (i === axis ? 1 : size)),
      );
      for (const value of last.dataSync()) expect(Math.abs(value - 0.1 * count)).toBeLessThan(1e-8 * count);
    }
  });

  test('softmax, logSoftmax, topk and counts', async () => {
    for (const shape of [[5], [4, 5], [2, 3, 130]]) {
      await same(() => tf.softmax(floats(shape, 1, -90, 90)));
      await same(() => tf.logSoftmax(floats(shape, 1, -90, 90)), 1e-4);
    }
    await same(() => tf.topk(floats([4, 9]), 3).values);
    await same(() => tf.topk(floats([4, 9]), 3).indices);
    await same(() => tf.bincount(ints([20], 1, 0, 5) as tf.Tensor1D, tf.tensor1d([]), 6));
    await same(() => tf.denseBincount(ints([3, 20], 1, 0, 5) as tf.Tensor2D, tf.tensor2d([], [0, 0]), 6));
  });
});

describe('shapes and order', () => {
  test('transpose in every order', async () => {
    for (const order of [
      [1, 0, 2],
      [0, 2, 1],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      await same(() => tf.transpose(floats([3, 4, 5]), order));
      await same(() => tf.transpose(bools([3, 4, 5]), order));
    }
    await same(() => tf.transpose(floats([2, 3, 4, 5]), [3, 1, 0, 2]));
    await same(() => tf.transpose(floats([2, 3, 4, 5, 2]), [4, 1, 3, 0, 2]));
  });

  test('concat, stack, split and unstack on every axis', async () => {
    for (const axis of [0, 1, 2]) {
      await same(() => tf.concat([floats([3, 4, 5]), floats([3, 4, 5], 2)], axis));
      await same(() => tf.stack([floats([3, 4, 5]), floats([3, 4, 5], 2)], axis));
      for (const at of [0, 1]) {
        await same(() => tf.split(floats([4, 4, 6]), 2, axis)[at]!);
        await same(() => tf.unstack(floats([4, 4, 6]), axis)[at]!);
      }
    }
  });

  test('slice, stridedSlice, pad, mirrorPad, tile and reverse', async () => {
    await same(() => tf.slice(floats([4, 5, 6]), [1, 2, 0], [2, -1, 3]));
    await same(() => tf.slice(bools([4, 5]), [1, 2], [2, 2]));
    await same(() => tf.stridedSlice(floats([4, 5, 6]), [0, 4, 1], [4, 0, 6], [2, -2, 3]));
    await same(() =>
      tf.pad(
        floats([2, 3, 4]),
        [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
        0.5,
      ),
    );
    await same(() =>
      tf.pad(
        ints([2, 3]),
        [
          [0, 1],
          [2, 0],
        ],
        3,
      ),
    );
    for (const mode of ['reflect', 'symmetric'] as const)
      await same(() =>
        tf.mirrorPad(
          floats([4, 5]),
          [
            [1, 2],
            [2, 1],
          ],
          mode,
        ),
      );
    await same(() => tf.tile(floats([2, 3, 4]), [2, 1, 3]));
    for (const axis of [[0], [1], [0, 2]]) await same(() => tf.reverse(floats([2, 3, 4]), axis));
    await same(() =>
      tf.spaceToBatchND(
        floats([2, 4, 6, 3]),
        [2, 3],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    );
    await same(() =>
      tf.batchToSpaceND(
        floats([12, 2, 2, 3]),
        [2, 3],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    );
    await same(() => tf.depthToSpace(floats([2, 2, 3, 8]) as tf.Tensor4D, 2));
    await same(() => tf.diag(floats([4])));
  });

  test('oneHot, range, linspace, eye, zerosLike', async () => {
    await same(() => tf.oneHot(ints([7], 1, -1, 6), 5));
    await same(() => tf.range(1, 10, 2));
    await same(() => tf.linspace(-1, 1, 7));
    await same(() => tf.eye(4, 5));
    await same(() => tf.zerosLike(floats([3])));
    await same(() => tf.onesLike(bools([3])));
  });
});

describe('lookups, images and normalisation', () => {
  test('gatherND, scatterND, tensorScatterUpdate', async () => {
    const at = () => tf.tensor2d([0, 1, 2, 3, 1, 0], [3, 2], 'int32');
    await same(() => tf.gatherND(floats([3, 4, 5]), at()));
    await same(() => tf.scatterND(at(), floats([3, 5]), [3, 4, 5]));
    await same(() => tf.tensorScatterUpdate(floats([3, 4, 5]), at(), floats([3, 5], 2)));
  });

  test('resizing and its gradients, flips and crops', async () => {
    const image = (seed = 1) => floats([2, 5, 6, 3], seed) as tf.Tensor4D;
    for (const [align, half] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      await same(() => tf.image.resizeBilinear(image(), [9, 4], align, half));
      await same(() => tf.image.resizeNearestNeighbor(image(), [9, 4], align, half));
    }
    await same(() => tf.image.flipLeftRight(image()));
    const boxes = () => tf.tensor2d([0.1, 0.2, 0.9, 0.8, 0, 0, 1, 1], [2, 4]);
    await same(() => tf.image.cropAndResize(image(), boxes(), tf.tensor1d([1, 0], 'int32'), [3, 4]));
    await same(() => tf.image.rotateWithOffset(image(), 0.3));
    for (const channels of [1, 3, 4, 6]) {
      const photo = () => floats([2, 5, 7, channels]) as tf.Tensor4D;
      await same(() => tf.image.rotateWithOffset(photo(), 0.7, 0.3, [0.2, 0.9]));
      await same(() => tf.image.rotateWithOffset(photo(), -2, 7, 0.5));
      if (channels < 5) await same(() => tf.image.rotateWithOffset(photo(), 2, [0.25, 0.5, 0.75]));
    }
  });

  test('batchNorm and localResponseNormalization', async () => {
    await same(() =>
      tf.batchNorm(floats([2, 3, 4, 5]), floats([5], 2), tf.abs(floats([5], 3)), floats([5], 4), floats([5], 5), 1e-3),
    );
    await same(() => tf.localResponseNormalization(floats([2, 3, 4, 5]) as tf.Tensor4D, 2, 1, 0.5, 0.75), 1e-4);
  });
});
