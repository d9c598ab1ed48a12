import * as tf from '@tensorflow/tfjs-core';
import { distinct, type GradientRow, linear, piecewise, random } from '../GradientRow.js';

type F = (...xs: tf.Tensor[]) => tf.Tensor;
type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;

/** op, name, a kernel it runs, function, shapes: linear in each operand. */
const linears: [op: string, kernel: string, name: string, f: F, ...shapes: number[][]][] = [
  ['dot', 'BatchMatMul', 'vectors', (a, b) => tf.dot(a!, b!), [5], [5]],
  ['dot', 'BatchMatMul', 'a matrix and a vector', (a, b) => tf.dot(a!, b!), [3, 5], [5]],
  ['outerProduct', 'BatchMatMul', 'vectors', (a, b) => tf.outerProduct(a as T1, b as T1), [3], [4]],
  ['squeeze', 'Reshape', 'two axes', (x) => tf.squeeze(x!), [1, 3, 1, 2]],
  ['ensureShape', 'Identity', 'a matrix', (x) => tf.clone(tf.ensureShape(x!, [2, 3])), [2, 3]],
  ['meshgrid', 'BatchMatMul', 'both results', (a, b) => tf.stack(tf.meshgrid(a!, b!)), [3], [4]],
  [
    'movingAverage',
    'Sub',
    'the value and its average',
    (v, x) => tf.movingAverage(v!, x!, 0.9, undefined, false),
    [2, 3],
    [2, 3],
  ],
  ['linalg.bandPart', 'Select', 'one below, two above', (x) => tf.linalg.bandPart(x!, 1, 2), [2, 4, 5]],
  ['concat1d', 'Concat', 'two', (a, b) => tf.concat1d([a as T1, b as T1]), [2], [3]],
  ['concat2d', 'Concat', 'two', (a, b) => tf.concat2d([a as T2, b as T2], 1), [2, 1], [2, 3]],
  ['concat3d', 'Concat', 'two', (a, b) => tf.concat3d([a as T3, b as T3], 1), [2, 1, 2], [2, 3, 2]],
  ['concat4d', 'Concat', 'two', (a, b) => tf.concat4d([a as T4, b as T4], 3), [1, 2, 1, 2], [1, 2, 1, 3]],
  ['pad1d', 'PadV2', 'uneven', (x) => tf.pad1d(x as T1, [1, 2]), [4]],
  [
    'pad2d',
    'PadV2',
    'uneven',
    (x) =>
      tf.pad2d(x as T2, [
        [1, 2],
        [0, 1],
      ]),
    [2, 3],
  ],
  [
    'pad3d',
    'PadV2',
    'uneven',
    (x) =>
      tf.pad3d(x as T3, [
        [1, 2],
        [0, 1],
        [2, 0],
      ]),
    [2, 3, 2],
  ],
  [
    'pad4d',
    'PadV2',
    'uneven',
    (x) =>
      tf.pad4d(x as T4, [
        [0, 0],
        [1, 2],
        [0, 1],
        [2, 0],
      ]),
    [1, 2, 3, 2],
  ],
  ['reverse1d', 'Reverse', 'all', (x) => tf.reverse1d(x as T1), [5]],
  ['reverse2d', 'Reverse', 'rows', (x) => tf.reverse2d(x as T2, 0), [2, 3]],
  ['reverse3d', 'Reverse', 'two axes', (x) => tf.reverse3d(x as T3, [0, 2]), [2, 3, 2]],
  ['reverse4d', 'Reverse', 'two axes', (x) => tf.reverse4d(x as T4, [1, 3]), [1, 2, 3, 2]],
  ['slice1d', 'Slice', 'inside', (x) => tf.slice1d(x as T1, 1, 3), [5]],
  ['slice2d', 'Slice', 'inside', (x) => tf.slice2d(x as T2, [1, 0], [1, 2]), [3, 3]],
  ['slice3d', 'Slice', 'inside', (x) => tf.slice3d(x as T3, [1, 0, 1], [1, 2, 1]), [3, 3, 2]],
  ['slice4d', 'Slice', 'inside', (x) => tf.slice4d(x as T4, [0, 1, 0, 1], [1, 1, 2, 1]), [1, 3, 3, 2]],
  ['pool', 'AvgPool', 'average, dilation 2', (x) => tf.pool(x as T4, 2, 'avg', 'valid', 2, 1), [1, 5, 6, 2]],
  ['conv1d', 'Conv2D', 'same', (x, w) => tf.conv1d(x as T3, w as T3, 1, 'same'), [2, 7, 2], [3, 2, 3]],
  ['conv1d', 'Conv2D', 'stride 2', (x, w) => tf.conv1d(x as T3, w as T3, 2, 'valid'), [2, 8, 2], [3, 2, 3]],
  ['conv1d', 'Conv2D', 'dilation 2', (x, w) => tf.conv1d(x as T3, w as T3, 1, 'same', 'NWC', 2), [1, 8, 2], [3, 2, 3]],
  [
    'separableConv2d',
    'DepthwiseConv2dNative',
    'depth and point',
    (x, d, p) => tf.separableConv2d(x as T4, d as T4, p as T4, 1, 'same'),
    [1, 4, 5, 2],
    [3, 3, 2, 2],
    [1, 1, 4, 3],
  ],
  [
    'losses.computeWeightedLoss',
    'Multiply',
    'weighted',
    (x, w) => tf.losses.computeWeightedLoss(x!, w!, tf.Reduction.SUM),
    [3, 4],
    [3, 1],
  ],
];

const target = () => tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3]);
const oneHot = () => tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]);
const reductions = [tf.Reduction.MEAN, tf.Reduction.SUM, tf.Reduction.NONE, tf.Reduction.SUM_BY_NONZERO_WEIGHTS];

/** The losses: op, kernel, function of the predictions and weights, and where the predictions lie. */
const losses: [
  op: string,
  kernel: string,
  f: (p: tf.Tensor, w: tf.Tensor, r: number) => tf.Tensor,
  min: number,
  max: number,
][] = [
  ['absoluteDifference', 'Abs', (p, w, r) => tf.losses.absoluteDifference(target(), p, w, r), 0.2, 0.8],
  ['cosineDistance', 'Sum', (p, w, r) => tf.losses.cosineDistance(target(), p, 1, w, r), -1, 1],
  ['hingeLoss', 'Relu', (p, w, r) => tf.losses.hingeLoss(target(), p, w, r), -0.8, 0.8],
  ['huberLoss', 'Minimum', (p, w, r) => tf.losses.huberLoss(target(), p, w, 0.45, r), -1, 0.3],
  ['logLoss', 'Log', (p, w, r) => tf.losses.logLoss(target(), p, w, 1e-7, r), 0.3, 0.7],
  ['meanSquaredError', 'SquaredDifference', (p, w, r) => tf.losses.meanSquaredError(target(), p, w, r), -1, 1],
  ['sigmoidCrossEntropy', 'Relu', (p, w, r) => tf.losses.sigmoidCrossEntropy(target(), p, w, 0.1, r), 0.2, 2],
  [
    'softmaxCrossEntropy',
    'Sum',
    (p, w, r) => tf.losses.softmaxCrossEntropy(oneHot(), p, tf.reshape(tf.slice(w, [0, 0], [2, 1]), [2]), 0.1, r),
    -1,
    1,
  ],
];

/** op, kernel, name, function, inputs: smooth ones. */
const smooth: [op: string, kernel: string, name: string, f: F, inputs: () => tf.Tensor[]][] = [
  ['logSigmoid', 'Softplus', 'both sides', (x) => tf.logSigmoid(x!), () => [random([3, 5], -4, 4)]],
  ['logSoftmax', 'Exp', 'rows', (x) => tf.logSoftmax(x!), () => [random([3, 5], -2, 2)]],
  ['logSumExp', 'Log', 'one axis', (x) => tf.logSumExp(x!, 1), () => [random([3, 5], -2, 2)]],
  ['logSumExp', 'Log', 'all, kept', (x) => tf.logSumExp(x!, undefined, true), () => [random([3, 5], -2, 2)]],
  ['norm', 'Sqrt', 'euclidean, one axis', (x) => tf.norm(x!, 'euclidean', 1), () => [random([3, 5], 0.3, 2)]],
  ['norm', 'Abs', '1', (x) => tf.norm(x!, 1, 0), () => [random([3, 5], 0.3, 2)]],
  ['norm', 'Sqrt', 'fro of matrices', (x) => tf.norm(x!, 'fro', [1, 2]), () => [random([2, 3, 4], 0.3, 2)]],
  ['euclideanNorm', 'Sqrt', 'all', (x) => tf.euclideanNorm(x!), () => [random([3, 4], 0.3, 2)]],
  ['moments', 'Mean', 'mean and variance', (x) => tf.stack(Object.values(tf.moments(x!, 0))), () => [random([4, 3])]],
  [
    'divNoNan',
    'Select',
    'a zero below',
    (a, b) => tf.divNoNan(a!, tf.mul(b!, [1, 0, 1])),
    () => [random([2, 3]), random([2, 3], 0.8, 2)],
  ],
  ['dropout', 'Multiply', 'a fixed seed', (x) => tf.dropout(x!, 0.4, undefined, 7), () => [random([4, 5])]],
  [
    'linalg.gramSchmidt',
    'RealDiv',
    'three vectors',
    (x) => tf.linalg.gramSchmidt(x as T2) as tf.Tensor,
    () => [random([3, 4])],
  ],
  [
    'linalg.qr',
    'BatchMatMul',
    'the orthogonal factor',
    (x) => tf.linalg.qr(tf.add(x!, tf.mul(tf.eye(3), 2)))[0],
    () => [random([3, 3])],
  ],
  [
    'linalg.qr',
    'BatchMatMul',
    'the triangular factor, tall, a batch',
    (x) => tf.linalg.qr(tf.add(x!, tf.eye(3)), true)[1],
    () => [random([2, 3, 3])],
  ],
  [
    'batchNorm2d',
    'FusedBatchNorm',
    'rows',
    (x, m, v, o, s) => tf.batchNorm2d(x as T2, m as T1, v as T1, o as T1, s as T1),
    () => [random([4, 3]), random([3]), random([3], 0.5, 2), random([3]), random([3])],
  ],
  [
    'batchNorm3d',
    'FusedBatchNorm',
    'channels',
    (x, m, v, o, s) => tf.batchNorm3d(x as T3, m as T1, v as T1, o as T1, s as T1),
    () => [random([2, 2, 3]), random([3]), random([3], 0.5, 2), random([3]), random([3])],
  ],
  [
    'batchNorm4d',
    'FusedBatchNorm',
    'channels',
    (x, m, v, o, s) => tf.batchNorm4d(x as T4, m as T1, v as T1, o as T1, s as T1),
    () => [random([1, 2, 2, 3]), random([3]), random([3], 0.5, 2), random([3]), random([3])],
  ],
  [
    'basicLSTMCell',
    'Sigmoid',
    'the state',
    (x, h, w, b) => tf.basicLSTMCell(tf.scalar(1), w as T2, b as T1, x as T2, tf.zeros([2, 3]) as T2, h as T2)[1],
    () => [random([2, 2]), random([2, 3]), random([5, 12]), random([12])],
  ],
  [
    'multiRNNCell',
    'Sigmoid',
    'two cells',
    (x, w) => {
      const cell = (data: T2, c: T2, h: T2): [T2, T2] =>
        tf.basicLSTMCell(tf.scalar(1), w as T2, tf.zeros([8]) as T1, data, c, h);
      return tf.concat(
        tf.multiRNNCell(
          [cell, cell],
          x as T2,
          [tf.zeros([1, 2]), tf.zeros([1, 2])],
          [tf.ones([1, 2]), tf.ones([1, 2])],
        )[1],
      );
    },
    () => [random([1, 2]), random([4, 8])],
  ],
];

/** Fused with a bias, and with each activation: smooth where the inputs are kept from the kinks. */
const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid'] as const;

export const composed: GradientRow[] = [
  ...linears.map(
    ([op, kernel, name, f, ...shapes]): GradientRow => ({
      op,
      kernel,
      name,
      f,
      inputs: () => shapes.map((shape) => random(shape)),
      ...linear,
    }),
  ),
  ...losses.flatMap(([op, kernel, f, min, max]) =>
    reductions.map(
      (reduction): GradientRow => ({
        op: `losses.${op}`,
        kernel,
        name: `reduction ${tf.Reduction[reduction]}, the predictions`,
        f: (p) => f(p, tf.tensor2d([[0.7], [1.3]]), reduction),
        inputs: () => [random([2, 3], min, max)],
      }),
    ),
  ),
  ...smooth.map(([op, kernel, name, f, inputs]): GradientRow => ({ op, kernel, name, f, inputs })),
  {
    op: 'clone',
    kernel: 'Identity',
    name: 'used twice',
    f: (x) => tf.mul(tf.clone(x), x),
    inputs: () => [random([2, 3])],
  },
  ...activations.flatMap((activation): GradientRow[] => [
    {
      op: 'fused.matMul',
      kernel: '_FusedMatMul',
      name: activation,
      f: (a, b, bias) => tf.fused.matMul({ a: a as T2, b: b as T2, bias: bias!, activation }),
      inputs: () => [random([3, 4], 0.1, 0.4), random([4, 2], 0.1, 1), random([2], 0.1, 1)],
    },
    {
      op: 'fused.conv2d',
      kernel: 'FusedConv2D',
      name: activation,
      f: (x, filter, bias) =>
        tf.fused.conv2d({ x: x as T4, filter: filter as T4, bias: bias!, strides: 1, pad: 'same', activation }),
      inputs: () => [random([1, 4, 3, 2], 0.1, 0.4), random([2, 2, 2, 3], 0.1, 0.6), random([3], 0.1, 1)],
    },
    {
      op: 'fused.depthwiseConv2d',
      kernel: 'FusedDepthwiseConv2D',
      name: activation,
      f: (x, filter, bias) =>
        tf.fused.depthwiseConv2d({
          x: x as T4,
          filter: filter as T4,
          bias: bias!,
          strides: 1,
          pad: 'same',
          activation,
        }),
      inputs: () => [random([1, 4, 3, 2], 0.1, 0.4), random([2, 2, 2, 1], 0.1, 0.6), random([2], 0.1, 1)],
    },
  ]),
  {
    op: 'pool',
    kernel: 'MaxPool',
    name: 'maxima, dilation 2',
    f: (x) => tf.pool(x as T4, 2, 'max', 'valid', 2, 1),
    inputs: () => [distinct([1, 5, 6, 2])],
    ...piecewise,
  },
  {
    op: 'norm',
    kernel: 'Max',
    name: 'the largest',
    f: (x) => tf.norm(x, Infinity, 1),
    inputs: () => [distinct([3, 4])],
    ...piecewise,
  },
  {
    op: 'losses.cosineDistance',
    kernel: 'Sum',
    name: 'the labels',
    f: (labels) => tf.losses.cosineDistance(labels, target(), 1),
    inputs: () => [random([2, 3])],
    ...linear,
  },
  {
    op: 'logicalXor',
    kernel: 'LogicalAnd',
    name: 'constant between its jumps',
    f: (a, b) => tf.cast(tf.logicalXor(tf.greater(a, 0), tf.less(b!, 0)), 'float32'),
    inputs: () => [distinct([3, 4]), distinct([4])],
  },
  {
    op: 'upperBound',
    kernel: 'SearchSorted',
    name: 'constant between its jumps',
    f: (sorted, values) => tf.cast(tf.upperBound(sorted, values!), 'float32'),
    inputs: () => [tf.tensor1d([0, 1, 2]), tf.tensor1d([0.5, 1.5])],
  },
  {
    op: 'searchSorted',
    kernel: 'SearchSorted',
    name: 'constant between its jumps',
    f: (sorted, values) => tf.cast(tf.searchSorted(sorted, values!, 'right'), 'float32'),
    inputs: () => [tf.tensor1d([0, 1, 2]), tf.tensor1d([0.5, 1.5])],
  },
  {
    op: 'image.threshold',
    kernel: 'Greater',
    name: 'constant between its jumps',
    f: (x) => tf.cast(tf.image.threshold(x as T3, 'binary', false, 0.1), 'float32'),
    inputs: () => [tf.mul(distinct([3, 4, 1]), 90)],
  },
];
