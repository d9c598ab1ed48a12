import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { div, fill, mul, reshape, run, sum, transpose, where } from './kernels.js';
import { type Axes, keptShape, listAxes, product, unreduce } from './shapes.js';

const sizeAlong = (x: Tensor, axes: readonly number[]): number => product(axes.map((axis) => x.shape[axis]!));

/** The gradient goes to where the extreme value stands, in equal parts where it stands more than once. */
const extreme = (x: Tensor, y: Tensor, dy: Tensor, axes: number[]): Tensor => {
  const kept = keptShape(x.shape, axes);
  const found = where('Equal', x, reshape(y, kept));
  return mul(found, div(reshape(dy, kept), sum(found, axes, true)));
};

/**
 * Each element's gradient is the product of all the others: of those before it times those after it,
 * which stays right where elements are zero.
 */
const productOfOthers = (x: Tensor, dy: Tensor, axes: number[]): Tensor => {
  const others = listAxes(null, x.rank).filter((axis) => !axes.includes(axis));
  const perm = [...others, ...axes];
  const rows = reshape(transpose(x, perm), [dy.size, sizeAlong(x, axes)]);
  const scan = (reverse: boolean) => run('Cumprod', { x: rows }, { axis: 1, exclusive: true, reverse });
  const gradient = mul(mul(scan(false), scan(true)), reshape(dy, [dy.size, 1]));
  return transpose(
    reshape(
      gradient,
      perm.map((axis) => x.shape[axis]!),
    ),
    perm.map((_, axis) => perm.indexOf(axis)),
  );
};

/** Sums, means, extremes and products over axes. */
export const reductions = (): Gradient[] => [
  {
    kernelName: 'Sum',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], { axis }: { axis: Axes }) => ({
      x: () => unreduce(dy, x.shape, listAxes(axis, x.rank)),
    }),
  },
  {
    kernelName: 'Mean',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], { axis }: { axis: Axes }) => ({
      x: () => {
        const axes = listAxes(axis, x.rank);
        const count = sizeAlong(x, axes);
        // One number for all elements, as behind a loss, needs neither a shape of its own nor copies.
        return dy.size === 1 ? mul(fill(x.shape, 1 / count), dy) : unreduce(div(dy, count), x.shape, axes);
      },
    }),
  },
  {
    kernelName: 'Max',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [x, y]: [Tensor, Tensor], { reductionIndices }: { reductionIndices: Axes }) => ({
      x: () => extreme(x, y, dy, listAxes(reductionIndices, x.rank)),
    }),
  },
  {
    kernelName: 'Min',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [x, y]: [Tensor, Tensor], { axis }: { axis: Axes }) => ({
      x: () => extreme(x, y, dy, listAxes(axis, x.rank)),
    }),
  },
  {
    kernelName: 'Prod',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], { axis }: { axis: Axes }) => ({
      x: () => productOfOthers(x, dy, listAxes(axis, x.rank)),
    }),
  },
];
