import * as tf from '@tensorflow/tfjs-core';
import { distinct, type GradientRow, linear, piecewise, random } from '../GradientRow.js';

const axesOf: [name: string, axis: number | number[] | undefined, keepDims: boolean][] = [
  ['all axes', undefined, false],
  ['first axis', 0, false],
  ['middle axis, kept', 1, true],
  ['outer axes', [0, 2], false],
  ['outer axes, kept and out of order', [2, 0], true],
  ['from the end', [-1], false],
];

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const along = (
  kernel: string,
  reduce: Reduce,
  rest: Pick<GradientRow, 'inputs' | 'step' | 'tolerance'>,
): GradientRow[] =>
  axesOf.map(([name, axis, keepDims]) => ({ kernel, name, f: (x) => reduce(x, axis, keepDims), ...rest }));

const asFloat = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'float32');

export const reductions: GradientRow[] = [
  ...along('Sum', tf.sum, { inputs: () => [random([2, 3, 5])], ...linear }),
  ...along('Mean', tf.mean, { inputs: () => [random([2, 3, 5])], ...linear }),
  ...along('Max', tf.max, { inputs: () => [distinct([2, 3, 5])], ...piecewise }),
  ...along('Min', tf.min, { inputs: () => [distinct([2, 3, 5])], ...piecewise }),
  ...along('Prod', tf.prod, { inputs: () => [random([2, 3, 3], 0.7, 1.4)] }),
  {
    kernel: 'Prod',
    name: 'with zeros',
    f: (x) => tf.prod(x, 1),
    inputs: () => [
      tf.tensor2d([
        [2, 0, 3],
        [0, 0, 4],
        [1, 5, 2],
      ]),
    ],
    ...linear,
  },
  ...[0, 1, 2].flatMap((axis) =>
    [false, true].flatMap((exclusive) =>
      [false, true].flatMap((reverse): GradientRow[] => {
        const name = `axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`;
        return [
          {
            kernel: 'Cumsum',
            name,
            f: (x) => tf.cumsum(x, axis, exclusive, reverse),
            inputs: () => [random([2, 3, 5])],
            ...linear,
          },
          {
            kernel: 'Cumprod',
            name,
            f: (x) => tf.cumprod(x, axis, exclusive, reverse),
            inputs: () => [random([2, 3, 5], 0.6, 1.5)],
          },
        ];
      }),
    ),
  ),
  {
    kernel: 'Cumprod',
    name: 'with zeros',
    f: (x) => tf.cumprod(x, 1),
    inputs: () => [
      tf.tensor2d([
        [2, 0, 3, 1, 2],
        [0, 2, 0, 4, 1],
        [1, 5, 2, 1, 0],
      ]),
    ],
    ...linear,
  },
  ...(['Cumsum', 'Cumprod'] as const).map(
    (kernel): GradientRow => ({
      kernel,
      name: 'of nothing',
      f: (x) => (kernel === 'Cumsum' ? tf.cumsum : tf.cumprod)(x, 1),
      inputs: () => [tf.zeros([2, 0, 3])],
    }),
  ),
  ...(['ArgMax', 'ArgMin'] as const).map((kernel) => ({
    kernel,
    name: 'constant between its jumps',
    f: (x: tf.Tensor) => asFloat((kernel === 'ArgMax' ? tf.argMax : tf.argMin)(x, 1)),
    inputs: () => [distinct([3, 4])],
  })),
  ...(['All', 'Any'] as const).map((kernel) => ({
    kernel,
    name: 'constant between its jumps',
    f: (x: tf.Tensor) => asFloat((kernel === 'All' ? tf.all : tf.any)(tf.greater(x, 0), 1)),
    inputs: () => [distinct([3, 4])],
  })),
  { kernel: 'Softmax', name: 'odd width', f: (x) => tf.softmax(x), inputs: () => [random([2, 3, 5], -2, 2)] },
  { kernel: 'Softmax', name: 'one row', f: (x) => tf.softmax(x), inputs: () => [random([7], -2, 2)] },
  {
    kernel: 'FusedBatchNorm',
    name: 'statistics for each channel',
    f: (x, mean, variance, offset, scale) =>
      tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D, 1e-3),
    inputs: () => [random([2, 3, 2, 5]), random([5]), random([5], 0.5, 2), random([5]), random([5], 0.5, 2)],
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'statistics for each element',
    f: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor4D,
        variance as tf.Tensor4D,
        offset as tf.Tensor4D,
        scale as tf.Tensor4D,
        1e-3,
      ),
    inputs: () =>
      [
        [-1, 1],
        [-1, 1],
        [0.5, 2],
        [-1, 1],
        [0.5, 2],
      ].map(([min, max]) => random([1, 2, 2, 3], min, max)),
  },
  {
    kernel: 'LRN',
    name: 'five channels',
    f: (x) => tf.localResponseNormalization(x as tf.Tensor4D, 2, 1, 0.7, 0.6),
    inputs: () => [random([2, 2, 3, 5])],
  },
];
