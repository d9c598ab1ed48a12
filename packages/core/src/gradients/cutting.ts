import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { add, clone, pad, reshape, reverse, run, slice } from './kernels.js';
import { type Margins, positive, withoutAxis } from './shapes.js';

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

/** Kernels that cut values out, put margins around them, join them or take them apart. */
export const cutting = (): Gradient[] => [
  {
    kernelName: 'Slice',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], { begin }: { begin: number | number[] }) => ({
      x: () =>
        pad(
          dy,
          x.shape.map((size, i) => {
            const before = [begin].flat()[i] ?? 0;
            return [before, size - before - dy.shape[i]!];
          }),
        ),
    }),
  },
  {
    kernelName: 'PadV2',
    gradFunc: (dy: Tensor, _: Tensor[], { paddings }: { paddings: Margins }) => ({
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
    gradFunc: (dy: Tensor, _: Tensor[], { paddings, mode }: { paddings: Margins; mode: string }) => ({
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
      value: () => run('Pack', [dys].flat(), { axis }),
    }),
  },
];
