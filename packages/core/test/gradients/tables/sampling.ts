import * as tf from '@tensorflow/tfjs-core';
import { type GradientRow, ints, linear, random } from '../GradientRow.js';

const boxes = [0.1, 0.22, 0.93, 0.81, 0.9, 0.13, 0.17, 0.62, -0.3, 0.21, 1.24, 1.36];
const boxTensor = (): tf.Tensor => tf.tensor2d(boxes, [3, 4]);

const crop = (image: tf.Tensor, at: tf.Tensor, size: [number, number], method: 'bilinear' | 'nearest') =>
  tf.image.cropAndResize(image as tf.Tensor4D, at as tf.Tensor2D, ints([1, 0, 1]) as tf.Tensor1D, size, method, 5);

const sizes: [number, number][] = [
  [3, 4],
  [1, 5],
  [6, 1],
];

/** A turn with a shift, and one with perspective. */
const matrices = [
  0.9, 0.31, -0.62, -0.23, 1.12, 0.4137, 0, 0, 1.2731, -0.2017, 0.7371, 0.1123, 0.84, -1.33, 0.021, -0.013,
];

const modes = ['constant', 'reflect', 'wrap', 'nearest'] as const;

const onlyFirst = 'the kernel of tfjs leaves all images but the first out';

export const sampling: GradientRow[] = [
  ...sizes.flatMap((size): GradientRow[] => [
    ...(['bilinear', 'nearest'] as const).map(
      (method): GradientRow => ({
        op: 'image.cropAndResize',
        kernel: 'CropAndResize',
        name: `to ${size.join(' × ')}, ${method}, boxes beyond the image`,
        f: (image) => crop(image, boxTensor(), size, method),
        inputs: () => [random([2, 5, 4, 2])],
        ...linear,
      }),
    ),
    {
      op: 'image.cropAndResize',
      kernel: 'CropAndResize',
      name: `to ${size.join(' × ')}, the boxes`,
      f: (at) => {
        const image = tf.tensor(
          Float32Array.from({ length: 80 }, (_, i) => Math.sin(i * i)),
          [2, 5, 4, 2],
        );
        return crop(image, at, size, 'bilinear');
      },
      inputs: () => [tf.tensor2d([0.12, 0.22, 0.93, 0.81, 0.9, 0.13, 0.17, 0.62, 0.07, 0.21, 0.74, 0.87], [3, 4])],
      step: 1e-3,
      tolerance: 1e-3,
    },
  ]),
  ...[
    [0.3, 0.5],
    [-2, [0.2, 0.7]],
  ].map(
    ([radians, center]): GradientRow => ({
      op: 'image.rotateWithOffset',
      kernel: 'RotateWithOffset',
      name: `by ${radians}`,
      f: (image) => tf.image.rotateWithOffset(image as tf.Tensor4D, radians as number, 3, center as number),
      inputs: () => [random([2, 5, 6, 2])],
      ...linear,
    }),
  ),
  ...modes.flatMap((mode) =>
    (['bilinear', 'nearest'] as const).flatMap((interpolation): GradientRow[] => [
      {
        op: 'image.transform',
        kernel: 'Transform',
        name: `${interpolation}, beyond the edge ${mode}`,
        f: (image) =>
          tf.image.transform(image as tf.Tensor4D, tf.tensor2d(matrices.slice(0, 8), [1, 8]), interpolation, mode, 2),
        inputs: () => [random([1, 5, 4, 2])],
        ...linear,
      },
      {
        op: 'image.transform',
        kernel: 'Transform',
        name: `${interpolation}, beyond the edge ${mode}, a matrix an image, to another size`,
        f: (image) =>
          tf.image.transform(image as tf.Tensor4D, tf.tensor2d(matrices, [2, 8]), interpolation, mode, 2, [3, 6]),
        inputs: () => [random([2, 5, 4, 1])],
        ...linear,
        lacking: { cpu: onlyFirst },
      },
    ]),
  ),
  {
    op: 'image.grayscaleToRGB',
    kernel: 'Tile',
    name: 'a batch',
    f: (x) => tf.image.grayscaleToRGB(x as tf.Tensor4D),
    inputs: () => [random([2, 3, 4, 1])],
    ...linear,
  },
  ...[
    [4, 3],
    [2, 4, 3],
    [2, 2, 4, 3],
  ].map(
    (shape): GradientRow => ({
      op: 'image.rgbToGrayscale',
      kernel: 'Einsum',
      name: `${shape.length} axes`,
      f: (x) => tf.image.rgbToGrayscale(x as tf.Tensor4D),
      inputs: () => [random(shape)],
      ...linear,
    }),
  ),
];
