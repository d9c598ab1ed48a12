import * as tf from '@tensorflow/tfjs-core';
import { distinct, type GradientRow, ints, linear, piecewise, random } from '../GradientRow.js';

/** kernel, name, function, shapes of the operands: all of these only move values. */
const moves: [kernel: string, name: string, f: (...xs: tf.Tensor[]) => tf.Tensor, ...shapes: number[][]][] = [
  ['Reshape', 'to fewer axes', (x) => tf.reshape(x, [6, 5]), [2, 3, 5]],
  ['ExpandDims', 'in front', (x) => tf.expandDims(x, 0), [3, 5]],
  ['ExpandDims', 'behind', (x) => tf.expandDims(x, -1), [3, 5]],
  ['Transpose', 'three axes', (x) => tf.transpose(x, [2, 0, 1]), [2, 3, 5]],
  ['Transpose', 'all reversed', (x) => tf.transpose(x), [2, 3, 1, 5]],
  ['Reverse', 'one axis', (x) => tf.reverse(x, 1), [2, 3, 5]],
  ['Reverse', 'all axes', (x) => tf.reverse(x), [2, 3, 5]],
  ['Tile', 'two of three axes', (x) => tf.tile(x, [2, 1, 3]), [2, 3, 2]],
  ['Tile', 'a broadcast', (x) => tf.broadcastTo(x, [4, 3, 5]), [1, 5]],
  ['Slice', 'inside', (x) => tf.slice(x, [1, 0, 2], [1, 2, -1]), [3, 3, 5]],
  ['Slice', 'first axis only', (x) => tf.slice(x, [1]), [3, 4]],
  ['Slice', 'one axis, plain numbers', (x) => tf.slice(x, 2, 3), [7]],
  [
    'PadV2',
    'uneven',
    (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 3],
        ],
        7,
      ),
    [3, 4],
  ],
  [
    'MirrorPad',
    'reflect',
    (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [0, 3],
        ],
        'reflect',
      ),
    [3, 4],
  ],
  [
    'MirrorPad',
    'symmetric',
    (x) =>
      tf.mirrorPad(
        x,
        [
          [3, 1],
          [0, 4],
        ],
        'symmetric',
      ),
    [3, 4],
  ],
  ['Concat', 'first axis', (a, b) => tf.concat([a!, b!, a!], 0), [2, 3], [1, 3]],
  ['Concat', 'last axis', (a, b) => tf.concat([a!, b!], -1), [2, 3, 2], [2, 3, 4]],
  [
    'SplitV',
    'three parts, one unused',
    (x) => tf.mul(...(tf.split(x, [2, 2, 1], 1).slice(0, 2) as [tf.Tensor, tf.Tensor])),
    [2, 5],
  ],
  ['SplitV', 'one part', (x) => tf.split(x, 1, 0)[0]!, [2, 5]],
  ['Pack', 'in front', (a, b) => tf.stack([a!, b!]), [2, 3], [2, 3]],
  ['Pack', 'behind', (a, b) => tf.stack([a!, b!], -1), [2, 3], [2, 3]],
  ['Unpack', 'some parts unused', (x) => tf.unstack(x, 1)[1]!, [2, 3, 4]],
  ['Unpack', 'one part', (x) => tf.unstack(x)[0]!, [1, 4]],
  [
    'BatchToSpaceND',
    'cropped',
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    [4, 2, 3, 2],
  ],
  [
    'SpaceToBatchND',
    'padded',
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 3],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    [2, 3, 5, 2],
  ],
  ['DepthToSpace', 'blocks of two', (x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC'), [2, 2, 3, 8]],
  ['Diag', 'of a matrix', (x) => tf.diag(x), [2, 3]],
  ['Cast', 'float to float', (x) => tf.cast(x, 'float32'), [2, 3]],
  ['StridedSlice', 'with masks', (x) => tf.stridedSlice(x, [1, 3, 0], [0, 0, 4], [1, -2, 3], 0, 1, 0, 0, 0), [3, 5, 4]],
  ['StridedSlice', 'an axis dropped', (x) => tf.stridedSlice(x, [1, 0], [2, 5], [1, 1], 0, 0, 0, 0, 1), [3, 5]],
];

/** Indices repeat in all of these: the gradient has to add up. */
const gathers: [name: string, x: number[], indices: number[], shape: number[], axis: number, batchDims: number][] = [
  ['embedding', [5, 3], [4, 0, 4, 2], [4], 0, 0],
  ['embedding of sequences', [5, 3], [4, 0, 4, 2, 1, 1], [2, 3], 0, 0],
  ['middle axis', [2, 4, 3], [3, 0, 3], [3], 1, 0],
  ['last axis, from the end', [2, 3, 4], [3, 0, 3, 1], [2, 2], -1, 0],
  ['batch', [2, 4, 3], [3, 0, 3, 1, 1, 2], [2, 3], 1, 1],
  ['batch, later axis', [2, 3, 4], [3, 0, 1, 1], [2, 2], 2, 1],
  ['one index', [5, 3], [2], [], 0, 0],
];

const asFloat = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'float32');

export const shaping: GradientRow[] = [
  ...moves.map(
    ([kernel, name, f, ...shapes]): GradientRow => ({
      kernel,
      name,
      f,
      inputs: () => shapes.map((shape) => random(shape)),
      ...linear,
    }),
  ),
  ...gathers.map(
    ([name, x, indices, shape, axis, batchDims]): GradientRow => ({
      kernel: 'GatherV2',
      name,
      f: (t) => tf.gather(t, ints(indices, shape), axis, batchDims),
      inputs: () => [random(x)],
      ...linear,
    }),
  ),
  {
    kernel: 'BroadcastTo',
    name: 'of a row',
    f: (x) => tf.engine().runKernel('BroadcastTo', { x }, { shape: [4, 5] }),
    inputs: () => [random([5])],
    ...linear,
  },
  {
    kernel: 'LogSoftmax',
    name: 'odd width',
    f: (logits) => tf.engine().runKernel('LogSoftmax', { logits }, { axis: -1 }),
    inputs: () => [random([3, 5])],
  },
  {
    kernel: 'Cast',
    name: 'to integers: constant between its jumps',
    f: (x) => asFloat(tf.cast(x, 'int32')),
    inputs: () => [distinct([7])],
  },
  {
    kernel: 'OneHot',
    name: 'constant',
    f: (x) => asFloat(tf.oneHot(tf.cast(tf.abs(x), 'int32'), 4)),
    inputs: () => [distinct([7])],
  },
  {
    kernel: 'Select',
    name: 'both branches',
    f: (a, b) => tf.where(tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool'), a!, b!),
    inputs: () => [random([2, 3]), random([3])],
    ...linear,
  },
  {
    kernel: 'Select',
    name: 'the condition depends on x too',
    f: (x) => tf.where(tf.greater(x, 0), x, tf.mul(x, 0.2)),
    inputs: () => [distinct([3, 5])],
    ...piecewise,
  },
  {
    kernel: 'TopK',
    name: 'the values',
    f: (x) => tf.topk(x, 2).values,
    inputs: () => [distinct([2, 3, 5])],
    ...piecewise,
  },
  {
    kernel: 'GatherNd',
    name: 'slices, one twice',
    f: (x) => tf.gatherND(x, ints([0, 1, 1, 2, 0, 1], [3, 2])),
    inputs: () => [random([2, 3, 4])],
    ...linear,
  },
  {
    kernel: 'ScatterNd',
    name: 'slices, one twice',
    f: (x) => tf.scatterND(ints([0, 1, 0], [3, 1]), x, [4, 2]),
    inputs: () => [random([3, 2])],
    ...linear,
  },
  {
    // A copy of x, because tfjs's CPU kernel writes into its operand.
    kernel: 'TensorScatterUpdate',
    name: 'slices',
    f: (x, updates) => tf.tensorScatterUpdate(tf.add(x, 0), ints([0, 2], [2, 1]), updates!),
    inputs: () => [random([4, 3]), random([2, 3])],
    ...linear,
  },
  {
    kernel: 'UnsortedSegmentSum',
    name: 'a segment empty, a value in none',
    f: (x) => tf.unsortedSegmentSum(x, ints([2, 0, -1, 2, 0]) as tf.Tensor1D, 4),
    inputs: () => [random([5, 3])],
    ...linear,
  },
  {
    kernel: 'SearchSorted',
    name: 'constant between its jumps',
    f: (sorted, values) => asFloat(tf.lowerBound(sorted, values!)),
    inputs: () => [tf.tensor1d([0, 1, 2]), tf.tensor1d([0.5, 1.5])],
  },
  {
    kernel: 'Multinomial',
    name: 'constant',
    f: (logits) => asFloat(tf.multinomial(logits as tf.Tensor2D, 5, 3)),
    inputs: () => [
      tf.tensor2d([
        [-9, 9, -9],
        [9, -9, -9],
      ]),
    ],
  },
];
