import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { add, clone, pad, reshape, reverse, run, slice, sum, transpose, zeros } from './kernels.js';
import { positive, unbroadcast } from './shapes.js';

type Pairs = readonly (readonly [number, number])[];

const listed = <T>(value: T | readonly T[]): T[] => [value].flat() as T[];
const withoutAxis = (shape: readonly number[], axis: number): number[] => shape.filter((_, i) => i !== axis);

/** Cuts `size` positions of one axis, from `begin` on. */
const cut = (x: Tensor, axis: number, begin: number, size: number): Tensor =>
  slice(
    x,
    x.shape.map((_, i) => (i === axis ? begin : 0)),
    x.shape.map((all, i) => (i === axis ? size : all)),
  );

/** Adds the mirrored margins of one axis back onto the positions they were copied from. */
function foldMargins(dy: Tensor, axis: number, [before, after]: readonly [number, number], offset: number): Tensor {
  const size = dy.shape[axis]! - before - after;
  const place = (begin: number, width: number, at: number): Tensor =>
    pad(
      reverse(cut(dy, axis, begin, width), [axis]),
      dy.shape.map((_, i) => (i === axis ? [at, size - at - width] : [0, 0])),
    );
  let dx = cut(dy, axis, before, size);
  if (before > 0) dx = add(dx, place(0, before, offset));
  if (after > 0) dx = add(dx, place(before + size, after, size - offset - after));
  return dx;
}

/** Kernels that move, copy, cut or join values without computing with them. */
export const shaping = (): Gradient[] => [
  {
    kernelName: 'Cast',
    inputsToSave: ['x'],
    // Integers and booleans are constant between their jumps.
    gradFunc: (dy: Tensor, [x]: [Tensor], { dtype }: { dtype: string }) => ({
      x: () => (dtype === 'float32' && x.dtype === 'float32' ? clone(dy) : zeros(x.shape)),
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
    kernelName: 'Slice',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], { begin }: { begin: number | number[] }) => ({
      x: () =>
        pad(
          dy,
          x.shape.map((size, i) => {
            const before = listed(begin)[i] ?? 0;
            return [before, size - before - dy.shape[i]!];
          }),
        ),
    }),
  },
  {
    kernelName: 'PadV2',
    gradFunc: (dy: Tensor, _: Tensor[], { paddings }: { paddings: Pairs }) => ({
      x: () =>
        slice(
          dy,
          paddings.map(([before]) => before),
          paddings.map(([before, after], i) => dy.shape[i]! - before - after),
        ),
    }),
  },
  {
    kernelName: 'MirrorPad',
    gradFunc: (dy: Tensor, _: Tensor[], { paddings, mode }: { paddings: Pairs; mode: string }) => ({
      // `reflect` leaves the edge itself out of the copies.
      x: () => paddings.reduce((grad, margins, i) => foldMargins(grad, i, margins, mode === 'reflect' ? 1 : 0), dy),
    }),
  },
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc(dy: Tensor, parts: Tensor[], { axis }: { axis: number }) {
      const along = positive(axis, dy.rank);
      const sizes = parts.map((part) => part.shape[along]!);
      const begin = (i: number) => sizes.slice(0, i).reduce((a, b) => a + b, 0);
      return Object.fromEntries(sizes.map((size, i) => [i, () => cut(dy, along, begin(i), size)]));
    },
  },
  {
    kernelName: 'SplitV',
    gradFunc: (dys: Tensor | Tensor[], _: Tensor[], { axis }: { axis: number }) => ({
      // The tape hands over a lone output by itself.
      x: () => (Array.isArray(dys) ? run('Concat', dys, { axis }) : clone(dys)),
    }),
  },
  {
    kernelName: 'Pack',
    gradFunc(dy: Tensor, _: Tensor[], { axis }: { axis: number }) {
      const along = positive(axis, dy.rank);
      const part = (i: number) => reshape(cut(dy, along, i, 1), withoutAxis(dy.shape, along));
      return Object.fromEntries(Array.from({ length: dy.shape[along]! }, (_, i) => [i, () => part(i)]));
    },
  },
  {
    kernelName: 'Unpack',
    gradFunc: (dys: Tensor | Tensor[], _: Tensor[], { axis }: { axis: number }) => ({
      value: () => run('Pack', listed(dys), { axis }),
    }),
  },
  {
    kernelName: 'BatchToSpaceND',
    gradFunc: (dy: Tensor, _: Tensor[], { blockShape, crops }: { blockShape: number[]; crops: Pairs }) => ({
      x: () => run('SpaceToBatchND', { x: dy }, { blockShape, paddings: crops }),
    }),
  },
  {
    kernelName: 'SpaceToBatchND',
    gradFunc: (dy: Tensor, _: Tensor[], { blockShape, paddings }: { blockShape: number[]; paddings: Pairs }) => ({
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
