import * as tf from '@tensorflow/tfjs-core';
import { distinct, type GradientRow, linear, piecewise, random } from '../GradientRow.js';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** kernel, function, and the range its argument is taken from. */
const smooth: [kernel: string, f: Unary, min: number, max: number][] = [
  ['Acos', tf.acos, -0.8, 0.8],
  ['Acosh', tf.acosh, 1.5, 3],
  ['Asin', tf.asin, -0.8, 0.8],
  ['Asinh', tf.asinh, -2, 2],
  ['Atan', tf.atan, -2, 2],
  ['Atanh', tf.atanh, -0.8, 0.8],
  ['Cos', tf.cos, -3, 3],
  ['Cosh', tf.cosh, -2, 2],
  ['Erf', tf.erf, -2, 2],
  ['Exp', tf.exp, -2, 1],
  ['Expm1', tf.expm1, -2, 1],
  ['Log', tf.log, 0.5, 3],
  ['Log1p', tf.log1p, -0.5, 3],
  ['Reciprocal', tf.reciprocal, 0.8, 3],
  ['Rsqrt', tf.rsqrt, 0.8, 3],
  ['Sigmoid', tf.sigmoid, -4, 4],
  ['Sin', tf.sin, -3, 3],
  ['Sinh', tf.sinh, -2, 2],
  ['Softplus', tf.softplus, -4, 4],
  ['Sqrt', tf.sqrt, 0.5, 3],
  ['Tan', tf.tan, -1, 1],
  ['Tanh', tf.tanh, -2, 2],
];

const kinked: [kernel: string, f: Unary][] = [
  ['Abs', tf.abs],
  ['ClipByValue', (x) => tf.clipByValue(x, -0.4, 0.6)],
  ['LeakyRelu', (x) => tf.leakyRelu(x, 0.3)],
  ['Relu', tf.relu],
  ['Relu6', (x) => tf.relu6(tf.mul(x, 10))],
  ['Neg', tf.neg],
  ['Identity', tf.clone],
  ['Ceil', tf.ceil],
  ['Floor', tf.floor],
  ['Round', tf.round],
  ['Sign', tf.sign],
  ['Step', (x) => tf.step(x, 0.3)],
  ['OnesLike', tf.onesLike],
  ['ZerosLike', tf.zerosLike],
];

/** Kernels with two operands that are smooth, and where b may lie. */
const binary: [kernel: string, f: Binary, min: number, max: number][] = [
  ['Add', tf.add, -1, 1],
  ['Sub', tf.sub, -1, 1],
  ['Multiply', tf.mul, -1, 1],
  ['RealDiv', tf.div, 0.8, 2],
  ['SquaredDifference', tf.squaredDifference, -1, 1],
  ['Pow', tf.pow, 1, 3],
  ['Atan2', tf.atan2, 0.8, 2],
];

const binaryKinked: [kernel: string, f: Binary][] = [
  ['Maximum', tf.maximum],
  ['Minimum', tf.minimum],
];

const shapes: [a: number[], b: number[]][] = [
  [
    [3, 5],
    [3, 5],
  ],
  [[3, 5], [5]],
  [[5], [3, 5]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[2, 3], []],
  [[1], [2, 3]],
];

const asFloat = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'float32');

/** Comparisons and logic, and how many operands they take. */
const constants: [kernel: string, f: Binary, count?: number][] = [
  ['Greater', tf.greater],
  ['GreaterEqual', tf.greaterEqual],
  ['Less', tf.less],
  ['LessEqual', tf.lessEqual],
  ['Equal', tf.equal],
  ['NotEqual', tf.notEqual],
  ['LogicalAnd', (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.less(b, 0))],
  ['LogicalOr', (a, b) => tf.logicalOr(tf.greater(a, 0), tf.less(b, 0))],
  ['LogicalNot', (a) => tf.logicalNot(tf.greater(a, 0)), 1],
  [
    'BitwiseAnd',
    (a, b) => tf.bitwiseAnd(tf.cast(a, 'int32'), tf.cast(tf.tile(tf.reshape(b, [1, 4]), [3, 1]), 'int32')),
  ],
  ['IsNan', tf.isNaN, 1],
  ['IsInf', tf.isInf, 1],
  ['IsFinite', tf.isFinite, 1],
];

export const elementwise: GradientRow[] = [
  ...smooth.map(([kernel, f, min, max]) => ({ kernel, name: 'odd size', f, inputs: () => [random([3, 5], min, max)] })),
  ...kinked.map(([kernel, f]) => ({
    kernel,
    name: 'away from kinks',
    f,
    inputs: () => [distinct([3, 7])],
    ...piecewise,
  })),
  { kernel: 'Square', name: 'odd size', f: tf.square, inputs: () => [random([3, 5])], step: 0.1, tolerance: 1e-4 },
  { kernel: 'Elu', name: 'both sides', f: tf.elu, inputs: () => [distinct([3, 7])] },
  { kernel: 'Selu', name: 'both sides', f: tf.selu, inputs: () => [distinct([3, 7])] },
  {
    kernel: 'EluGrad',
    name: 'second derivative of elu',
    f: (x) => tf.grad((z) => tf.sum(tf.elu(z)))(x),
    inputs: () => [distinct([3, 7])],
  },
  ...(
    [
      ['Tanh', tf.tanh],
      ['Sigmoid', tf.sigmoid],
      ['Exp', tf.exp],
      ['Softmax', tf.softmax],
      ['Cosh', tf.cosh],
    ] as [string, Unary][]
  ).map(
    ([kernel, f]): GradientRow => ({
      kernel,
      name: 'differentiated twice',
      f: (x) => tf.grad((z) => tf.sum(tf.mul(f(z), [1, -2, 3])))(x),
      inputs: () => [random([2, 3])],
    }),
  ),
  {
    kernel: 'Prelu',
    name: 'a slope for each channel',
    f: (x, alpha) => tf.prelu(x, alpha!),
    inputs: () => [distinct([2, 3, 5]), random([5])],
    ...piecewise,
  },
  ...binary.flatMap(([kernel, f, min, max]) =>
    shapes.map(([a, b]) => ({
      kernel,
      name: `[${a}] with [${b}]`,
      f: f as (...xs: tf.Tensor[]) => tf.Tensor,
      inputs: () => [random(a, 0.8, 2), random(b, min, max)],
    })),
  ),
  ...binaryKinked.flatMap(([kernel, f]) =>
    shapes.map(([a, b]) => ({
      kernel,
      name: `[${a}] with [${b}]`,
      f: f as (...xs: tf.Tensor[]) => tf.Tensor,
      // Shifted by half a place, so that no element of one equals one of the other.
      inputs: () => [distinct(a), tf.sub(distinct(b), 0.05)],
      step: 0.02,
      tolerance: 2e-4,
    })),
  ),
  {
    kernel: 'Mod',
    name: '[2,3] with [3]',
    f: (a, b) => tf.mod(a, b!),
    // Quotients well away from whole numbers, where the remainder jumps.
    inputs: () => [tf.tensor2d([1.4, 2.7, -3.5, 4.6, 7.4, 0.5], [2, 3]), tf.tensor1d([1, 1.1, 1.2])],
    ...piecewise,
    step: 0.02,
    tolerance: 1e-3,
  },
  {
    kernel: 'AddN',
    name: 'one term twice',
    f: (a, b) => tf.addN([a!, b!, a!]),
    inputs: () => [random([2, 3]), random([2, 3])],
    ...linear,
  },
  {
    kernel: 'FloorDiv',
    name: 'constant between its jumps',
    f: (a, b) => tf.floorDiv(a, b!),
    inputs: () => [tf.tensor1d([1.5, 2.5, -3.5]), tf.tensor1d([1, 1.01, 0.99])],
  },
  ...constants.map(
    ([kernel, f, count = 2]): GradientRow => ({
      kernel,
      name: 'constant between its jumps',
      f: (a, b) => asFloat(f(a, b!)),
      // Shifted so that no element of one equals one of the other, or zero.
      inputs: () => [distinct([3, 4]), tf.sub(distinct([4]), 0.02)].slice(0, count),
    }),
  ),
];
