import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ALL_FAMILIES } from '../src/families.js';
import * as stock from '../src/generated/tfjsKernels.js';
import { expectClose, expectSame, numbers, useWasm } from './both.js';

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

/** What a call gives on one backend: the type, shape and values of each result, or nothing where it is refused. */
async function outcome(backend: 'wasm' | 'cpu', compute: () => tf.Tensor | tf.Tensor[]) {
  await tf.setBackend(backend);
  try {
    // A kernel that leaves part of its result unwritten shows in a dirty heap.
    tf.dispose([1, 10, 100, 1000].map((n) => tf.fill([n], Number.NaN)));
    const results = [tf.tidy(compute)].flat();
    return results.map((t) => ({ dtype: t.dtype, shape: t.shape, values: Array.from(t.dataSync<'float32'>()) }));
  } catch {
    return undefined;
  } finally {
    await tf.setBackend('wasm');
  }
}

type Compute = (dtype: Dtype) => tf.Tensor | tf.Tensor[];
const some = (dtype: Dtype, seed = 1) => values([7], dtype, seed);
const each =
  (run: (x: tf.Tensor) => tf.Tensor): Compute =>
  (dtype) => [run(some(dtype)), run(values([3, 5], dtype, 2))];
/** Of what has no integers for results: the CPU backend would cut them off, so there floats are given. */
const asFloats = (x: tf.Tensor) => (tf.getBackend() === 'cpu' ? tf.cast(x, 'float32') : x);
const floatsOf = (run: (x: tf.Tensor) => tf.Tensor) => each((x) => run(asFloats(x)));
const ones = (dtype: Dtype, shape = [7]) => tf.onesLike(values(shape, dtype));
const pairs = (run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Compute => {
  return (dtype) => [run(some(dtype), some(dtype, 2)), run(values([3, 5], dtype), values([5], dtype, 2))];
};
const image = (dtype: Dtype) => values([1, 3, 5, 1], dtype) as tf.Tensor4D;
const boxes = () => tf.tensor2d([0, 0, 1, 1, 0, 0, 1, 1.1], [2, 4]);
const at = (...indices: number[]) => tf.tensor2d(indices, [indices.length, 1], 'int32');

/** Kernels by their name. Those that tfjs-core gives floats alone refuse on both backends. */
const all: Record<string, Compute> = {
  Abs: each(tf.abs),
  Acos: floatsOf(tf.acos),
  Acosh: floatsOf(tf.acosh),
  AddN: pairs((a, b) => tf.addN([a, tf.broadcastTo(b, a.shape), a])),
  Asin: floatsOf(tf.asin),
  Asinh: floatsOf(tf.asinh),
  Atan: floatsOf(tf.atan),
  Atan2: (dtype) => tf.atan2(asFloats(some(dtype)), asFloats(some(dtype, 2))),
  Atanh: floatsOf(tf.atanh),
  Bincount: (dtype) => tf.bincount(tf.abs(some(dtype)) as tf.Tensor1D, tf.tensor1d([]), 10),
  BitwiseAnd: pairs(tf.bitwiseAnd),
  BroadcastArgs: (dtype) => tf.broadcastArgs(ones(dtype, [2]), ones(dtype, [2])),
  Ceil: each(tf.ceil),
  Cos: each(tf.cos),
  Cosh: each(tf.cosh),
  CropAndResize: (dtype) => tf.image.cropAndResize(image(dtype), boxes(), tf.tensor1d([0, 0], 'int32'), [2, 3]),
  Cumprod: (dtype) => [tf.cumprod(some(dtype)), tf.cumprod(values([3, 5], dtype), 0)],
  Cumsum: (dtype) => [tf.cumsum(some(dtype)), tf.cumsum(values([3, 5], dtype), 0, true, true)],
  DenseBincount: (dtype) => tf.denseBincount(tf.abs(values([3, 5], dtype)) as tf.Tensor2D, tf.tensor2d([], [0, 0]), 10),
  DepthToSpace: (dtype) => tf.depthToSpace(values([1, 3, 1, 4], dtype) as tf.Tensor4D, 2),
  Diag: (dtype) => tf.diag(values([3], dtype)),
  ExpandDims: (dtype) => tf.expandDims(some(dtype), 0),
  Expm1: floatsOf(tf.expm1),
  Fill: (dtype) => tf.fill([7], 1, dtype as 'int32'),
  FlipLeftRight: (dtype) => tf.image.flipLeftRight(image(dtype)),
  Floor: each(tf.floor),
  FloorDiv: (dtype) => tf.floorDiv(some(dtype), ones(dtype)),
  GatherNd: (dtype) => tf.gatherND(values([5, 3], dtype), at(4, 0)),
  IsFinite: each(tf.isFinite),
  IsInf: each(tf.isInf),
  IsNan: each(tf.isNaN),
  LinSpace: () => tf.linspace(0, 1, 5),
  Log1p: floatsOf(tf.log1p),
  LogicalAnd: pairs(tf.logicalAnd),
  LogicalNot: each(tf.logicalNot),
  LogicalOr: pairs(tf.logicalOr),
  LogicalXor: pairs(tf.logicalXor),
  Mod: (dtype) => tf.mod(some(dtype), ones(dtype)),
  Neg: each(tf.neg),
  NonMaxSuppressionV3: (dtype) => tf.image.nonMaxSuppression(boxes(), values([2], dtype) as tf.Tensor1D, 2),
  NonMaxSuppressionV4: (dtype) => tf.image.nonMaxSuppression(boxes(), values([2], dtype) as tf.Tensor1D, 2),
  NonMaxSuppressionV5: (dtype) => tf.image.nonMaxSuppression(boxes(), values([2], dtype) as tf.Tensor1D, 2),
  OneHot: (dtype) => tf.oneHot(tf.tensor([1, 0, 2, -1, 3], [5], 'int32'), 3, 1, 0, dtype),
  OnesLike: (dtype) => tf.onesLike(some(dtype)),
  Pow: pairs((a, b) => tf.pow(a, tf.abs(b))),
  Range: () => tf.range(1, 7, 2, 'int32'),
  Relu: each(tf.relu),
  Relu6: each(tf.relu6),
  Reshape: (dtype) => tf.reshape(values([3, 5], dtype), [5, 3]),
  ResizeBilinear: (dtype) => tf.image.resizeBilinear(image(dtype), [4, 4]),
  ResizeNearestNeighbor: (dtype) => tf.image.resizeNearestNeighbor(image(dtype), [4, 4]),
  Round: each(tf.round),
  ScatterNd: (dtype) => tf.scatterND(at(2, 0), values([2, 5], dtype), [3, 5]),
  SearchSorted: () => tf.searchSorted(tf.tensor1d([1, 3, 5], 'int32'), tf.tensor1d([0, 3, 7], 'int32')),
  Select: (dtype) => tf.where(values([7], 'bool', 3), some(dtype), some(dtype, 2)),
  Sign: each(tf.sign),
  Sin: each(tf.sin),
  Sinh: floatsOf(tf.sinh),
  SparseToDense: (dtype) => tf.sparseToDense(at(3, 1), values([2], dtype), [5], tf.zeros([], dtype)),
  SparseFillEmptyRows: (dtype) => {
    const { outputIndices, outputValues } = tf.sparse.sparseFillEmptyRows(
      tf.tensor2d([0, 1, 2, 0], [2, 2], 'int32'),
      values([2], dtype) as tf.Tensor1D,
      tf.tensor1d([4, 2], 'int32'),
      tf.ones([], dtype) as tf.Scalar,
    );
    return [outputIndices!, outputValues!];
  },
  SparseReshape: () =>
    Object.values(
      tf.sparse.sparseReshape(
        tf.tensor2d([0, 1, 2, 0], [2, 2], 'int32'),
        tf.tensor1d([4, 2], 'int32'),
        tf.tensor1d([2, 4], 'int32'),
      ),
    ),
  Square: each(tf.square),
  Step: each((x) => tf.step(x)),
  Tan: each(tf.tan),
  TensorScatterUpdate: (dtype) => tf.tensorScatterUpdate(values([3, 5], dtype), at(2, 0), values([2, 5], dtype, 2)),
  TopK: (dtype) => Object.values(tf.topk(some(dtype), 3)),
  Unique: (dtype) => Object.values(tf.unique(values([4, 3], dtype), 0)),
  ZerosLike: (dtype) => tf.zerosLike(some(dtype)),
};

/** Kernels that have strings, that refuse bools, or that floats alone lead to: gradients, statistics, probabilities. */
const OTHERS =
  /^(String.*|SparseSegment.*|AvgPool(3D)?Grad|FusedBatchNorm|LRN(Grad)?|Multinomial|Resize(Bilinear|NearestNeighbor)Grad)$/;

describe('kernels of tfjs', () => {
  test('are all in the list below', () => {
    const theirs = new Set(Object.values(stock).map(({ kernelFunc }) => kernelFunc));
    const names = ALL_FAMILIES.flatMap(({ kernels }) => kernels)
      .filter(({ kernelFunc }) => theirs.has(kernelFunc))
      .map(({ kernelName }) => kernelName);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !(name in all) && !OTHERS.test(name))).toEqual([]);
  });

  describe.each(['bool', 'int32'] as const)('of dtype %s, and those that look at types themselves', (dtype) => {
    test.each(Object.keys(all))('%s', async (name) => {
      const [ours, reference] = [
        await outcome('wasm', () => all[name]!(dtype)),
        await outcome('cpu', () => all[name]!(dtype)),
      ];
      const described = (result: typeof ours) => result?.map((one) => [one.dtype, one.shape]);
      expect(described(ours)).toEqual(described(reference));
      ours?.forEach((one, i) => {
        // The CPU backend has sums of truths that are 2.
        const truth = (value: number) => (one.dtype === 'bool' ? Number(value !== 0) : value);
        expectClose(one.values, reference![i]!.values.map(truth), 1e-5);
      });
    });
  });
});
