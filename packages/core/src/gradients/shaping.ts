import type { Tensor } from '@tensorflow/tfjs-core';
import { complexCast } from './complex.js';
import type { Gradient } from './Gradient.js';
import { clone, pad, reshape, run, slice, sum, transpose, zeros } from './kernels.js';
import { type Margins, positive, unbroadcast, withoutAxis } from './shapes.js';

/** Kernels that rearrange or repeat values without computing with them. */
export const shaping = (): Gradient[] => [
  {
    kernelName: 'Cast',
    takesComplex: true,
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], { dtype }: { dtype: string }) => ({
      x: () => {
        if (dtype === 'complex64' || x.dtype === 'complex64') return complexCast(dy, x, dtype);
        // Integers and booleans are constant between their jumps.
        return dtype === 'float32' ? clone(dy) : zeros(dy.shape);
      },
    }),
  },
  {
    kernelName: 'Reshape',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor]) => ({ x: () => reshape(dy, x.shape) }),
  },
  {
    kernelName: 'ExpandDims',
    gradFunc: (dy: Tensor, _: Tensor[], { dim }: { dim: number }) => ({
      input: () => reshape(dy, withoutAxis(dy.shape, positive(dim, dy.rank))),
    }),
  },
  {
    kernelName: 'Transpose',
    gradFunc: (dy: Tensor, _: Tensor[], { perm }: { perm: number[] }) => ({
      x: () =>
        transpose(
          dy,
          perm.map((_, axis) => perm.indexOf(axis)),
        ),
    }),
  },
  {
    kernelName: 'Reverse',
    gradFunc: (dy: Tensor, _: Tensor[], attrs: object) => ({ x: () => run('Reverse', { x: dy }, attrs) }),
  },
  {
    kernelName: 'FlipLeftRight',
    gradFunc: (dy: Tensor) => ({ image: () => run('FlipLeftRight', { image: dy }) }),
  },
  {
    kernelName: 'BroadcastTo',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor]) => ({ x: () => unbroadcast(clone(dy), x.shape) }),
  },
  {
    kernelName: 'Tile',
    gradFunc: (dy: Tensor, _: Tensor[], { reps }: { reps: number[] }) => ({
      x: () => {
        // Only what was repeated is split into copies: kernels are slow, or give up, at high ranks.
        const shape = dy.shape.flatMap((size, i) => (reps[i] === 1 ? [size] : [reps[i]!, size / reps[i]!]));
        const copies = reps.flatMap((count) => (count === 1 ? [false] : [true, false]));
        return sum(
          reshape(dy, shape),
          copies.flatMap((isCopy, axis) => (isCopy ? [axis] : [])),
        );
      },
    }),
  },
  {
    kernelName: 'BatchToSpaceND',
    gradFunc: (dy: Tensor, _: Tensor[], { blockShape, crops }: { blockShape: number[]; crops: Margins }) => ({
      x: () => run('SpaceToBatchND', { x: dy }, { blockShape, paddings: crops }),
    }),
  },
  {
    kernelName: 'SpaceToBatchND',
    gradFunc: (dy: Tensor, _: Tensor[], { blockShape, paddings }: { blockShape: number[]; paddings: Margins }) => ({
      x: () => run('BatchToSpaceND', { x: dy }, { blockShape, crops: paddings }),
    }),
  },
  {
    kernelName: 'DepthToSpace',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], { blockSize }: { blockSize: number }) => ({
      x: () => {
        const [batch, height, width] = x.shape as [number, number, number];
        const blocks = reshape(dy, [batch, height, blockSize, width, blockSize, -1]);
        return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), x.shape);
      },
    }),
  },
  {
    kernelName: 'Diag',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor]) => ({
      x: () => {
        // In rows one longer than the matrix is wide, its diagonal is the first column.
        const n = x.size;
        const rows = reshape(pad(reshape(dy, [n * n]), [[0, n]]), [n, n + 1]);
        return reshape(slice(rows, [0, 0], [n, 1]), x.shape);
      },
    }),
  },
];
