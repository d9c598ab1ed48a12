import { pad, reshape, slice, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * The kernel with zeros between its points. A convolution with it is a dilated one, and, unlike tfjs's own, it has a
 * gradient on every backend.
 */
export function dilateKernel(kernel: Tensor4D, [tall, wide]: readonly [number, number]): Tensor4D {
  if (tall === 1 && wide === 1) return kernel;
  const [height, width, channels, filters] = kernel.shape;
  const rows = spread(reshape(kernel, [height, 1, width * channels * filters]), tall);
  const points = spread(reshape(rows, [rows.shape[0]! * width, 1, channels * filters]), wide, width);
  return reshape(points, [rows.shape[0]!, -1, channels, filters]) as Tensor4D;
}

/** Puts `rate - 1` zero rows after each row of every group of `group` rows, but not after the group's last. */
function spread(x: Tensor, rate: number, group = x.shape[0]!): Tensor {
  if (rate === 1) return x;
  const [rows = 0, , size = 0] = x.shape;
  const padded = pad(x, [
    [0, 0],
    [0, rate - 1],
    [0, 0],
  ]);
  const groups = reshape(padded, [rows / group, group * rate, size]);
  const kept = (group - 1) * rate + 1;
  return reshape(slice(groups, [0, 0, 0], [-1, kept, -1]), [(rows / group) * kept, 1, size]);
}
