import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { cropGradients } from './cropping.js';
import type { Gradient } from './Gradient.js';
import {
  add,
  cast,
  compare,
  div,
  minimum,
  mul,
  neg,
  ones,
  reshape,
  run,
  select,
  slice,
  sub,
  where,
} from './kernels.js';

type Shape4 = [batch: number, height: number, width: number, channels: number];

interface TransformAttrs {
  readonly interpolation: 'nearest' | 'bilinear';
  readonly fillMode: 'constant' | 'reflect' | 'wrap' | 'nearest';
  readonly outputShape?: [number, number];
}

const floor = (x: Tensor): Tensor => run('Floor', { x });
const abs = (x: Tensor): Tensor => run('Abs', { x });
const clamp = (x: Tensor, most: number): Tensor => run('ClipByValue', { x }, { clipValueMin: 0, clipValueMax: most });

/** Where a coordinate beyond an axis of `size` positions is read: the rule of `fillMode`. */
function within(x: Tensor, size: number, mode: TransformAttrs['fillMode']): Tensor {
  if (mode === 'constant') return x;
  if (mode === 'nearest' || size <= 1) return clamp(x, size - 1);
  if (mode === 'reflect') {
    const [a, b] = [x, tensor([2 * size])];
    const turn = run('Mod', { a, b });
    return clamp(minimum(turn, sub(2 * size - 1, turn)), size - 1);
  }
  const laps = (distance: Tensor): Tensor => mul(floor(div(distance, size - 1)), size);
  const fromBelow = add(add(x, laps(neg(x))), size);
  const fromAbove = select(compare('Greater', x, size - 1), sub(x, laps(x)), x);
  return clamp(select(compare('Less', x, 0), fromBelow, fromAbove), size - 1);
}

/** The coordinates in the image that each pixel of the result is read at, [matrices, pixels]. */
function sources(transforms: Tensor, height: number, width: number): [y: Tensor, x: Tensor] {
  const pixels = height * width;
  const column = (i: number): Tensor => slice(transforms, [0, i], [-1, 1].with(0, transforms.shape[0]!));
  const place = (of: (pixel: number) => number): Tensor =>
    tensor(
      Float32Array.from({ length: pixels }, (_, i) => of(i)),
      [1, pixels],
    );
  const [x, y] = [place((i) => i % width), place((i) => Math.floor(i / width))];
  const row = (a: number, b: number): Tensor => add(mul(column(a), x), mul(column(b), y));
  const depth = add(row(6, 7), 1);
  return [div(add(row(3, 4), column(5)), depth), div(add(row(0, 1), column(2)), depth)];
}

/** Adds `dy`, one row a pixel, to the positions in each image, [images or 1, pixels], where `valid` is 1. */
function scatterPixels(dy: Tensor, positions: Tensor, valid: Tensor, shape: Shape4): Tensor {
  const [batch, height, width, channels] = shape;
  const inImages = add(positions, starts(shape));
  // A negative number stands for no position at all.
  const known = compare('Greater', mul(ones(inImages.shape), valid), 0);
  const segmentIds = cast(reshape(select(known, inImages, neg(ones(inImages.shape))), [-1]), 'int32');
  const numSegments = batch * height * width;
  const inputs = { x: reshape(dy, [-1, channels]), segmentIds };
  return reshape(run('UnsortedSegmentSum', inputs, { numSegments }), shape);
}

/** The number of the first position of each image, [batch, 1]. */
const starts = ([batch, height, width]: Shape4): Tensor =>
  tensor(
    Float32Array.from({ length: batch }, (_, b) => b * height * width),
    [batch, 1],
  );

const inside = (x: Tensor, size: number): Tensor => mul(where('GreaterEqual', x, 0), where('Less', x, size));

/** Hands each pixel's gradient back to the one position, or the four, that it was read from, in the same proportions. */
function transformBack(dy: Tensor, transforms: Tensor, shape: Shape4, attrs: TransformAttrs): Tensor {
  const [batch, height, width] = shape;
  const [outHeight, outWidth] = attrs.outputShape ?? [height, width];
  const [ys, xs] = sources(transforms, outHeight, outWidth);
  const [y, x] = [within(ys, height, attrs.fillMode), within(xs, width, attrs.fillMode)];
  const nearest = attrs.interpolation === 'nearest';
  const [top, left] = nearest ? [floor(add(y, 0.5)), floor(add(x, 0.5))] : [floor(y), floor(x)];
  const corners = nearest
    ? [[0, 0]]
    : [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ];
  const weigh = (distance: Tensor): Tensor => sub(1, abs(distance));
  const rows = reshape(dy, [batch, outHeight * outWidth, -1]);
  const parts = corners.map(([down, right]) => {
    const [row, column] = [add(top, down!), add(left, right!)];
    const weighted = nearest
      ? rows
      : mul(rows, reshape(mul(weigh(sub(y, row)), weigh(sub(x, column))), [...y.shape, 1]));
    const valid = mul(inside(row, height), inside(column, width));
    return scatterPixels(weighted, add(mul(row, width), column), valid, shape);
  });
  return parts.reduce((total, part) => add(total, part));
}

/** Images that are turned, warped, or cropped and resized. */
export const sampling = (): Gradient[] => [
  ...cropGradients(),
  {
    kernelName: 'RotateWithOffset',
    inputsToSave: ['image'],
    gradFunc: (dy: Tensor, [image]: [Tensor], attrs: object) => ({
      // Each pixel is a copy of another: turning an image of their numbers, from 1 on, tells which.
      image: () => {
        const shape = image.shape as Shape4;
        const [, height, width] = shape;
        const numbers = Float32Array.from({ length: height * width }, (_, i) => i + 1);
        const inputs = { image: tensor(numbers, [1, height, width, 1]) };
        const turned = reshape(run('RotateWithOffset', inputs, { ...attrs, fillValue: 0 }), [1, height * width]);
        return scatterPixels(dy, sub(turned, 1), where('Greater', turned, 0), shape);
      },
    }),
  },
  {
    kernelName: 'Transform',
    inputsToSave: ['image', 'transforms'],
    gradFunc: (dy: Tensor, [image, transforms]: [Tensor, Tensor], attrs: TransformAttrs) => ({
      image: () => transformBack(dy, transforms, image.shape as Shape4, attrs),
    }),
  },
];
