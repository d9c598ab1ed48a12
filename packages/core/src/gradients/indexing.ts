import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { add, mul, ones, reshape, run, select, where, zeros } from './kernels.js';
import { positive, product } from './shapes.js';

const range = (start: number, stop: number, step: number): Tensor =>
  run('Range', {}, { start, stop, step, dtype: 'int32' });

/** A tensor of `shape` that holds each update at its index, and the sum where indices repeat. */
const scatter = (indices: Tensor, updates: Tensor, shape: readonly number[]): Tensor =>
  run('ScatterNd', { indices, updates }, { shape });

/**
 * The adjoint of taking slices along `axis`: adds each slice of dy to the place it was taken from. The axes before
 * `batchDims` are shared with the indices; all axes before `axis` are folded into the row number, so nothing is moved.
 */
function scatterAlong(dy: Tensor, indices: Tensor, shape: readonly number[], axis: number, batchDims: number): Tensor {
  const batch = product(shape.slice(0, batchDims));
  const outer = product(shape.slice(batchDims, axis));
  const [size, inner] = [shape[axis]!, product(shape.slice(axis + 1))];
  const groups = batch * outer;
  let rows = reshape(indices, [batch, 1, batch && indices.size / batch]);
  if (groups > 1) rows = add(rows, reshape(range(0, groups * size, size), [batch, outer, 1]));
  return reshape(
    scatter(reshape(rows, [rows.size, 1]), reshape(dy, [rows.size, inner]), [groups * size, inner]),
    shape,
  );
}

/** Kernels that pick values by condition or by index, and their adjoints. */
export const indexing = (): Gradient[] => [
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy: Tensor, [condition]: [Tensor]) => ({
      condition: () => zeros(condition.shape),
      t: () => select(condition, dy, zeros(dy.shape)),
      e: () => select(condition, zeros(dy.shape), dy),
    }),
  },
  {
    kernelName: 'GatherV2',
    inputsToSave: ['x', 'indices'],
    gradFunc(dy: Tensor, [x, indices]: [Tensor, Tensor], attrs: { axis: number; batchDims: number }) {
      const axis = positive(attrs.axis, x.rank);
      const batchDims = positive(attrs.batchDims, indices.rank);
      return {
        x: () => scatterAlong(dy, indices, x.shape, axis, batchDims),
        indices: () => zeros(indices.shape),
      };
    },
  },
  {
    kernelName: 'TopK',
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: ([dy]: Tensor[], [x, indices]: [Tensor, Tensor]) => ({
      x: () => scatterAlong(dy!, indices, x.shape, x.rank - 1, x.rank - 1),
    }),
  },
  {
    kernelName: 'GatherNd',
    inputsToSave: ['params', 'indices'],
    gradFunc: (dy: Tensor, [params, indices]: [Tensor, Tensor]) => ({
      params: () => scatter(indices, dy, params.shape),
      indices: () => zeros(indices.shape),
    }),
  },
  {
    kernelName: 'ScatterNd',
    inputsToSave: ['indices'],
    gradFunc: (dy: Tensor, [indices]: [Tensor]) => ({
      indices: () => zeros(indices.shape),
      updates: () => run('GatherNd', { params: dy, indices }),
    }),
  },
  {
    kernelName: 'TensorScatterUpdate',
    inputsToSave: ['indices', 'updates'],
    gradFunc: (dy: Tensor, [indices, updates]: [Tensor, Tensor]) => ({
      // Not by scattering zeros into dy: the kernel of tfjs's CPU backend writes into its operand.
      tensor: () => mul(dy, where('Equal', scatter(indices, ones(updates.shape), dy.shape), 0)),
      indices: () => zeros(indices.shape),
      updates: () => run('GatherNd', { params: dy, indices }),
    }),
  },
  {
    kernelName: 'StridedSlice',
    inputsToSave: ['x'],
    // The same slice of the positions tells where each value came from, whatever the masks mean.
    gradFunc: (dy: Tensor, [x]: [Tensor], attrs: object) => ({
      x: () => {
        const from = run('StridedSlice', { x: reshape(range(0, x.size, 1), x.shape) }, attrs);
        return reshape(scatter(reshape(from, [-1, 1]), reshape(dy, [-1]), [x.size]), x.shape);
      },
    }),
  },
  {
    kernelName: 'UnsortedSegmentSum',
    inputsToSave: ['segmentIds'],
    gradFunc: (dy: Tensor, [segmentIds]: [Tensor]) => ({
      x: () => {
        // A negative id stands for no segment.
        const zero = range(0, 1, 1);
        const indices = run('Maximum', { a: segmentIds, b: zero });
        const taken = run('GatherV2', { x: dy, indices }, { axis: 0, batchDims: 0 });
        const belongs = where('GreaterEqual', segmentIds, zero);
        return mul(taken, reshape(belongs, [...belongs.shape, ...Array(dy.rank - 1).fill(1)]));
      },
      segmentIds: () => zeros(segmentIds.shape),
    }),
  },
];
