import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { cast, div, mul, ones, reshape, run, sub, sum, where, zeros } from './kernels.js';
import { product } from './shapes.js';

const gather = (x: Tensor, indices: Tensor, batchDims = 0): Tensor =>
  run('GatherV2', { x, indices }, { axis: batchDims, batchDims });

const segmentSum = (x: Tensor, segmentIds: Tensor, numSegments: number): Tensor =>
  run('UnsortedSegmentSum', { x, segmentIds }, { numSegments });

const total = (x: Tensor): Tensor =>
  sum(
    x,
    x.shape.map((_, axis) => axis),
  );

/** Adds the gradient of each segment, or its mean's, to the rows of `data` that were taken into it. */
function segmentGradient(kernelName: string, mean: boolean): Gradient {
  return {
    kernelName,
    inputsToSave: ['data', 'indices', 'segmentIds'],
    gradFunc: (dy: Tensor, [data, indices, segmentIds]: [Tensor, Tensor, Tensor]) => ({
      data: () => {
        let each = dy;
        if (mean) {
          const counts = segmentSum(ones(segmentIds.shape), segmentIds, dy.shape[0]!);
          // A segment of nothing has no mean; nothing is taken from its quotient.
          each = div(
            dy,
            reshape(run('Maximum', { a: counts, b: ones([1]) }), [dy.shape[0]!, ...dy.shape.slice(1).map(() => 1)]),
          );
        }
        return segmentSum(gather(each, segmentIds), indices, data.shape[0]!);
      },
    }),
  };
}

/** A weight counts where its value lies: the gradient looks it up there. Values past the end were not counted. */
const countGradient = (kernelName: string, value: string): Gradient => ({
  kernelName,
  inputsToSave: [value, 'weights'],
  gradFunc: (
    dy: Tensor,
    [x, weights]: [Tensor, Tensor],
    { size, binaryOutput }: { size: number; binaryOutput?: boolean },
  ) => ({
    weights: () => {
      if (binaryOutput || weights.size === 0) return zeros(weights.shape);
      const counted = where('Less', x, cast(run('Fill', {}, { shape: [], value: size, dtype: 'int32' }), 'int32'));
      const last = run('Fill', {}, { shape: [], value: size - 1, dtype: 'int32' });
      return mul(counted, gather(dy, run('Minimum', { a: x, b: last }), x.rank - 1));
    },
  }),
});

/** Sparse tensors, sums of segments, and weighted counts. */
export const sparse = (): Gradient[] => [
  segmentGradient('SparseSegmentSum', false),
  segmentGradient('SparseSegmentMean', true),
  countGradient('Bincount', 'x'),
  countGradient('DenseBincount', 'x'),
  {
    kernelName: 'SparseToDense',
    inputsToSave: ['sparseIndices', 'sparseValues'],
    gradFunc(dy: Tensor, [sparseIndices, values]: [Tensor, Tensor]) {
      const indices = sparseIndices.rank < 2 ? reshape(sparseIndices, [-1, 1]) : sparseIndices;
      const taken = () => run('GatherNd', { params: dy, indices });
      return {
        sparseIndices: () => zeros(sparseIndices.shape),
        sparseValues: () => (values.rank === 0 ? total(taken()) : taken()),
        defaultValue: () => sub(total(dy), total(taken())),
      };
    },
  },
  {
    kernelName: 'SparseFillEmptyRows',
    inputsToSave: ['values'],
    outputsToSave: [false, false, false, true],
    gradFunc([, dy]: Tensor[], [values, places]: [Tensor, Tensor]) {
      const taken = () => (product(values.shape) === 0 ? zeros(values.shape) : gather(dy!, places));
      return { values: taken, defaultValue: () => sub(total(dy!), total(taken())) };
    },
  },
];
