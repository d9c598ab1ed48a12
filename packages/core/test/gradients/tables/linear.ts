import * as tf from '@tensorflow/tfjs-core';
import { type GradientRow, linear, random } from '../GradientRow.js';

const matMulShapes: [name: string, a: number[], b: number[]][] = [
  ['matrices', [4, 6], [6, 5]],
  ['equal batches', [3, 4, 6], [3, 6, 5]],
  ['two batch axes', [2, 3, 4, 2], [2, 3, 2, 3]],
  ['a batch with one matrix', [3, 4, 6], [6, 5]],
  ['two batch axes with one matrix', [2, 3, 4, 2], [2, 3]],
  ['a batch with a batch of one', [3, 4, 2], [1, 2, 3]],
  ['one matrix with a batch', [4, 6], [3, 6, 5]],
  ['a batch of one with a batch', [1, 4, 6], [3, 6, 5]],
];

const flip = (shape: number[]): number[] => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

/** What keeps the Einsum kernel of a backend from being checked. */
const einsumLacking = (equation: string): Record<string, string> => ({
  ...(equation.split(',').length > 2 && { cpu: 'the kernel of tfjs takes two operands at most' }),
  ...(equation === 'ij,k->i' && {
    cpu: 'the kernel of tfjs drops an axis where it sums over a label of one operand alone',
  }),
});

const equations: [equation: string, ...shapes: number[][]][] = [
  ['ij,jk->ik', [3, 4], [4, 5]],
  ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
  ['bij,bkj->ikb', [2, 3, 4], [2, 5, 4]],
  ['bhqd,bhkd->bhqk', [2, 2, 3, 2], [2, 2, 4, 2]],
  ['abc,cd->abd', [2, 3, 4], [4, 5]],
  ['ij,ij->', [3, 4], [3, 4]],
  ['i,j->ij', [3], [4]],
  ['ij,k->i', [3, 4], [5]],
  ['ij->ji', [3, 4]],
  ['ijk->ki', [2, 3, 4]],
  ['ij->', [3, 4]],
  ['ij,jk,kl->li', [2, 3], [3, 4], [4, 2]],
  ['ijk,ijl,ikl->jkl', [2, 3, 2], [2, 3, 2], [2, 2, 2]],
];

type Pad = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];
type Conv = [
  name: string,
  x: number[],
  filter: number[],
  strides: number | number[],
  pad: Pad,
  dilations: number | number[],
];

const conv2d: Conv[] = [
  ['3x3 same', [2, 5, 4, 2], [3, 3, 2, 3], 1, 'same', 1],
  ['3x2 stride 2 same', [2, 5, 4, 2], [3, 2, 2, 3], 2, 'same', 1],
  ['2x3 strides 1 and 2 valid', [1, 5, 6, 2], [2, 3, 2, 2], [1, 2], 'valid', 1],
  ['1x1', [2, 3, 3, 2], [1, 1, 2, 3], 1, 'same', 1],
  ['padding 1', [1, 5, 5, 2], [3, 3, 2, 2], 2, 1, 1],
  [
    'uneven padding',
    [1, 4, 5, 2],
    [3, 2, 2, 2],
    1,
    [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ],
    1,
  ],
  ['dilation 2 same', [2, 6, 5, 2], [3, 3, 2, 2], 1, 'same', 2],
  ['dilation 2 valid', [1, 7, 8, 2], [3, 3, 2, 2], 1, 'valid', 2],
  ['dilations 1 and 3', [1, 4, 9, 2], [2, 3, 2, 2], 1, 'same', [1, 3]],
  [
    'dilation 2, uneven padding',
    [1, 6, 5, 2],
    [3, 2, 2, 2],
    1,
    [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ],
    2,
  ],
];

const depthwise: Conv[] = [
  ['3x3 same', [2, 5, 4, 3], [3, 3, 3, 1], 1, 'same', 1],
  ['stride 2, two filters a channel', [1, 5, 6, 2], [3, 3, 2, 2], 2, 'valid', 1],
  ['dilation 2 same', [1, 6, 5, 2], [3, 3, 2, 2], 1, 'same', 2],
  ['dilations 3 and 2 valid', [1, 8, 6, 2], [2, 3, 2, 1], 1, 'valid', [3, 2]],
];

const conv3d: Conv[] = [
  ['2x2x2 same', [1, 3, 3, 3, 2], [2, 2, 2, 2, 2], 1, 'same', 1],
  ['2x1x2 stride 2 valid', [1, 4, 3, 4, 2], [2, 1, 2, 2, 2], 2, 'valid', 1],
  ['dilation 2 same', [1, 3, 4, 3, 1], [2, 2, 2, 1, 2], 1, 'same', 2],
];

type Strides = [number, number];
type Shape4 = [number, number, number, number];
type Shape5 = [number, number, number, number, number];

const conv = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same');

export const linearOperations: GradientRow[] = [
  ...(matMulShapes.flatMap(([name, a, b]) =>
    [false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) => ({
        kernel: 'BatchMatMul',
        name: `${name}${transposeA ? ', aᵀ' : ''}${transposeB ? ', bᵀ' : ''}`,
        f: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB),
        inputs: () => [random(transposeA ? flip(a) : a), random(transposeB ? flip(b) : b)],
        ...linear,
      })),
    ),
  ) as GradientRow[]),
  ...equations.map(([equation, ...shapes]) => ({
    kernel: 'Einsum',
    name: equation,
    f: (...operands: tf.Tensor[]) => tf.einsum(equation, ...operands),
    inputs: () => shapes.map((shape) => random(shape)),
    ...linear,
    lacking: einsumLacking(equation),
  })),
  ...conv2d.map(
    ([name, x, w, strides, pad, dilations]): GradientRow => ({
      kernel: 'Conv2D',
      name,
      f: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides as Strides, pad, 'NHWC', dilations as Strides),
      inputs: () => [random(x), random(w)],
      ...linear,
    }),
  ),
  {
    kernel: 'Conv2D',
    name: 'one dimension, causal, dilation 4',
    f: (x, w) =>
      tf.conv1d(
        tf.pad(x as tf.Tensor3D, [
          [0, 0],
          [4, 0],
          [0, 0],
        ]),
        w as tf.Tensor3D,
        1,
        'valid',
        'NWC',
        4,
      ),
    inputs: () => [random([2, 9, 2]), random([2, 2, 3])],
    ...linear,
  },
  ...depthwise.map(
    ([name, x, w, strides, pad, dilations]): GradientRow => ({
      kernel: 'DepthwiseConv2dNative',
      name,
      f: (x, w) =>
        tf.depthwiseConv2d(
          x as tf.Tensor4D,
          w as tf.Tensor4D,
          strides as Strides,
          pad as 'same',
          'NHWC',
          dilations as Strides,
        ),
      inputs: () => [random(x), random(w)],
      ...linear,
    }),
  ),
  ...conv3d.map(
    ([name, x, w, strides, pad, dilations]): GradientRow => ({
      kernel: 'Conv3D',
      name,
      f: (x, w) =>
        tf.conv3d(
          x as tf.Tensor5D,
          w as tf.Tensor5D,
          strides as number,
          pad as 'same',
          'NDHWC',
          dilations as [number, number, number],
        ),
      inputs: () => [random(x), random(w)],
      ...linear,
    }),
  ),
  ...(['same', 'valid'] as const).map(
    (pad): GradientRow => ({
      kernel: 'Conv2DBackpropInput',
      name: `transposed convolution, stride 2, ${pad}`,
      f: (x, w) =>
        tf.conv2dTranspose(
          x as tf.Tensor4D,
          w as tf.Tensor4D,
          (pad === 'same' ? [2, 5, 6, 2] : [2, 7, 7, 2]) as Shape4,
          2,
          pad,
        ),
      inputs: () => [random([2, 3, 3, 3]), random([3, 3, 2, 3])],
      ...linear,
    }),
  ),
  {
    kernel: 'Conv3DBackpropInputV2',
    name: 'transposed convolution, stride 2',
    f: (x, w) => tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [1, 4, 4, 3, 2] as Shape5, 2, 'same'),
    inputs: () => [random([1, 2, 2, 2, 2]), random([2, 3, 2, 2, 2])],
    ...linear,
  },
  {
    kernel: 'Conv2DBackpropFilter',
    name: 'a convolution differentiated twice',
    f: (x, w) => tf.grad((v) => conv(x, v))(w!, tf.onesLike(conv(x, w!))),
    inputs: () => [random([1, 4, 3, 2]), random([3, 3, 2, 2])],
    ...linear,
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropFilter',
    name: 'a convolution differentiated twice',
    f: (x, w) =>
      tf.grad((v) => tf.sum(tf.square(tf.depthwiseConv2d(x as tf.Tensor4D, v as tf.Tensor4D, 1, 'same'))))(w!),
    inputs: () => [random([1, 4, 3, 2]), random([3, 3, 2, 1])],
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropInput',
    name: 'a convolution differentiated twice',
    f: (x, w) =>
      tf.grad((v) => tf.sum(tf.square(tf.depthwiseConv2d(v as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))))(x!),
    inputs: () => [random([1, 4, 3, 2]), random([3, 3, 2, 1])],
  },
  {
    kernel: 'Conv3DBackpropFilterV2',
    name: 'a convolution differentiated twice',
    f: (x, w) => tf.grad((v) => tf.sum(tf.square(tf.conv3d(x as tf.Tensor5D, v as tf.Tensor5D, 1, 'same'))))(w!),
    inputs: () => [random([1, 3, 2, 3, 2]), random([2, 2, 2, 2, 2])],
  },
];
