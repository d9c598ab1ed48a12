import * as tf from '@tensorflow/tfjs-core';
import { distinct, type GradientRow, linear, piecewise, random } from '../GradientRow.js';

type Pool = [
  name: string,
  x: number[],
  size: number | number[],
  strides: number | number[],
  pad: 'same' | 'valid' | number,
];

const pools: Pool[] = [
  ['2x2 stride 2', [2, 4, 6, 3], 2, 2, 'valid'],
  ['3x3 stride 1 same, overlapping', [2, 5, 4, 2], 3, 1, 'same'],
  ['3x3 stride 2 same, odd', [1, 5, 5, 2], 3, 2, 'same'],
  ['2x3 strides 1 and 2', [1, 4, 7, 2], [2, 3], [1, 2], 'valid'],
  ['3x3 stride 2, padding 1', [1, 5, 6, 2], 3, 2, 1],
  ['windows apart', [1, 7, 7, 1], 2, 3, 'valid'],
];

const pools3d: Pool[] = [
  ['2 stride 2', [1, 4, 4, 2, 2], 2, 2, 'valid'],
  ['3 stride 1 same', [1, 3, 4, 3, 2], 3, 1, 'same'],
  ['2 stride 2 same, odd', [1, 3, 5, 3, 1], 2, 2, 'same'],
  ['2x1x1 strides 3, 3 and 4 same, with gaps', [1, 5, 2, 6, 2], [2, 1, 1], [3, 3, 4], 'same'],
];

type Size2 = [number, number];
type Size3 = [number, number, number];
const asNumber = (value: number | number[]) => value as number & Size2 & Size3;

const resizes: [name: string, x: number[], size: Size2, alignCorners: boolean, halfPixelCenters: boolean][] = [
  ['twice the size', [2, 3, 4, 2], [6, 8], false, false],
  ['three times as high', [2, 2, 3, 1], [6, 3], false, false],
  ['up, not a multiple', [2, 3, 4, 2], [5, 7], false, false],
  ['down', [2, 6, 5, 2], [3, 2], false, false],
  ['up, corners aligned', [2, 3, 4, 1], [5, 8], true, false],
  ['down, corners aligned', [1, 6, 5, 2], [4, 3], true, false],
  ['up, half-pixel centres', [2, 3, 4, 2], [6, 8], false, true],
  ['down, half-pixel centres', [1, 6, 5, 2], [4, 3], false, true],
];

export const images: GradientRow[] = [
  ...pools.flatMap(([name, x, size, strides, pad]): GradientRow[] => {
    const [window, step] = [asNumber(size), asNumber(strides)];
    return [
      {
        kernel: 'MaxPool',
        name,
        f: (t) => tf.maxPool(t as tf.Tensor4D, window, step, pad),
        inputs: () => [distinct(x)],
        ...piecewise,
      },
      {
        kernel: 'MaxPool',
        name: `${name}, all negative`,
        f: (t) => tf.maxPool(t as tf.Tensor4D, window, step, pad),
        inputs: () => [tf.sub(distinct(x), 20)],
        ...piecewise,
        tolerance: 1e-3,
      },
      {
        kernel: 'AvgPool',
        name,
        f: (t) => tf.avgPool(t as tf.Tensor4D, window, step, pad),
        inputs: () => [random(x)],
        ...linear,
      },
    ];
  }),
  ...pools3d.flatMap(([name, x, size, strides, pad]): GradientRow[] => {
    const [window, step] = [asNumber(size), asNumber(strides)];
    return [
      {
        kernel: 'MaxPool3D',
        name,
        f: (t) => tf.maxPool3d(t as tf.Tensor5D, window, step, pad),
        inputs: () => [distinct(x)],
        ...piecewise,
      },
      {
        kernel: 'AvgPool3D',
        name,
        f: (t) => tf.avgPool3d(t as tf.Tensor5D, window, step, pad),
        inputs: () => [random(x)],
        ...linear,
      },
    ];
  }),
  {
    kernel: 'MaxPoolWithArgmax',
    name: 'the maxima',
    f: (x) => tf.maxPoolWithArgmax(x as tf.Tensor4D, 2, 2, 'valid').result!,
    inputs: () => [distinct([2, 4, 4, 2])],
    ...piecewise,
  },
  {
    kernel: 'Dilation2D',
    name: 'same, stride 1',
    f: (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'same'),
    inputs: () => [distinct([1, 4, 5, 2]), tf.mul(random([2, 2, 2]), 0.01)],
    step: 0.01,
    tolerance: 1e-3,
  },
  ...resizes.flatMap(([name, x, size, alignCorners, halfPixelCenters]): GradientRow[] => [
    {
      kernel: 'ResizeBilinear',
      name,
      f: (t) => tf.image.resizeBilinear(t as tf.Tensor4D, size, alignCorners, halfPixelCenters),
      inputs: () => [random(x)],
      ...linear,
    },
    {
      kernel: 'ResizeNearestNeighbor',
      name,
      f: (t) => tf.image.resizeNearestNeighbor(t as tf.Tensor4D, size, alignCorners, halfPixelCenters),
      inputs: () => [random(x)],
      ...linear,
    },
  ]),
  {
    kernel: 'FlipLeftRight',
    name: 'a batch',
    f: (x) => tf.image.flipLeftRight(x as tf.Tensor4D),
    inputs: () => [random([2, 3, 5, 2])],
    ...linear,
  },
];
