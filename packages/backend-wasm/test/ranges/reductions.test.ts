import { add, any, argMax, cast, greater, max, mean, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { type Case, type Shape, testRanges } from './divided.js';

/** Long and short axes, outer and inner ones, and some so long that they are cut. */
const shapes: Shape[] = [
  [1],
  [7],
  [1000, 3],
  [3, 1000],
  [40_000],
  [300, 300],
  [40, 3, 50],
  [5, 1, 700],
  [2, 17_000, 3],
];

/** What has no gradient, as a number that has one: of 0. */
const constant = (x: Tensor, value: Tensor): Tensor => add(mul(sum(x), 0), cast(value, 'float32'));

const operations: [string, (x: Tensor, axis: number) => Tensor][] = [
  ['sum', sum],
  ['mean', mean],
  ['max', max],
  ['argMax', (x, axis) => constant(x, argMax(x, axis))],
  ['any', (x, axis) => constant(x, any(greater(x, 1.5), axis))],
];

testRanges(
  'reductions',
  ['reduce', 'argReduce'],
  operations.flatMap(([name, run]) =>
    shapes.flatMap((shape) =>
      // A last axis of three in many rows tells nothing that a shorter one does not, and takes long.
      shape
        .map((_, axis) => axis)
        .filter((axis) => shape.length < 3 || axis < 2 || shape[1]! < 1000)
        .map((axis): Case => [`${name} of [${shape}] along ${axis}`, [shape], (x) => run(x!, axis)]),
    ),
  ),
);
