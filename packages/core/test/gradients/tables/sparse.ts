import * as tf from '@tensorflow/tfjs-core';
import { type GradientRow, ints, linear, random } from '../GradientRow.js';

const vector = (values: number[]): tf.Tensor1D => ints(values) as tf.Tensor1D;

export const sparse: GradientRow[] = [
  {
    op: 'sparseToDense',
    kernel: 'SparseToDense',
    name: 'values and the default',
    f: (values, rest) => tf.sparseToDense(ints([0, 1, 2, 3, 1, 0], [3, 2]), values, [3, 4], rest as tf.Scalar),
    inputs: () => [random([3]), random([])],
    ...linear,
  },
  {
    op: 'sparseToDense',
    kernel: 'SparseToDense',
    name: 'one value everywhere',
    f: (value) => tf.sparseToDense(ints([1, 4, 2]), value, [6], 0),
    inputs: () => [random([])],
    ...linear,
  },
  ...(['sparseSegmentSum', 'sparseSegmentMean'] as const).map(
    (op): GradientRow => ({
      op: `sparse.${op}`,
      kernel: op === 'sparseSegmentSum' ? 'SparseSegmentSum' : 'SparseSegmentMean',
      name: 'a row twice, a segment empty',
      f: (data) => tf.sparse[op](data, vector([2, 0, 2, 1]), vector([0, 0, 1, 3])),
      inputs: () => [random([4, 3])],
      ...linear,
    }),
  ),
  {
    op: 'sparse.sparseFillEmptyRows',
    kernel: 'SparseFillEmptyRows',
    name: 'values and the default',
    f: (values, rest) =>
      tf.sparse.sparseFillEmptyRows(
        ints([0, 0, 2, 1, 2, 3], [3, 2]) as tf.Tensor2D,
        values as tf.Tensor1D,
        vector([4, 5]),
        rest as tf.Scalar,
      ).outputValues!,
    inputs: () => [random([3]), random([])],
    ...linear,
  },
  {
    op: 'bincount',
    kernel: 'Bincount',
    name: 'the weights, one past the end',
    f: (weights) => tf.bincount(vector([2, 0, 2, 7, 1]), weights as tf.Tensor1D, 4),
    inputs: () => [random([5])],
    ...linear,
  },
  {
    op: 'denseBincount',
    kernel: 'DenseBincount',
    name: 'the weights',
    f: (weights) => tf.denseBincount(ints([2, 0, 2, 1, 1, 3], [2, 3]) as tf.Tensor2D, weights as tf.Tensor2D, 4),
    inputs: () => [random([2, 3])],
    ...linear,
  },
];
