import { convolution2d } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { distinct, linear, piecewise, random } from './GradientRow.js';

/** A function and the point at which to differentiate it, made of random sizes. */
interface Case {
  readonly f: (...inputs: tf.Tensor[]) => tf.Tensor;
  readonly inputs: () => tf.Tensor[];
  readonly step?: number;
  readonly tolerance?: number;
}

/** What has to hold for any shapes, strides, paddings and axes. */
export interface Property {
  readonly op: string;
  readonly name: string;
  readonly runs: number;
  readonly cases: fc.Arbitrary<Case>;
}

const size = (max: number, min = 1) => fc.integer({ min, max });
/** Sizes of which any may be 0. */
const shape = (rank: number, max = 4) => fc.array(size(max, 0), { minLength: rank, maxLength: rank });

/** Two shapes that broadcast: of each axis, either may have 1 or lack it. */
const broadcast = fc
  .record({
    full: shape(3, 3),
    ones: fc.array(fc.constantFrom('both', 'a', 'b'), { minLength: 3, maxLength: 3 }),
    dropA: size(2, 0),
    dropB: size(2, 0),
  })
  .map(({ full, ones, dropA, dropB }) => {
    const side = (which: string, drop: number) => full.map((n, i) => (ones[i] === which ? 1 : n)).slice(drop);
    return [side('a', dropA), side('b', dropA > 0 ? 0 : dropB)] as const;
  });

const binary = (
  op: string,
  f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  rest: Pick<Case, 'step' | 'tolerance'>,
  points: (a: number[], b: number[]) => tf.Tensor[],
): Property => ({
  op,
  name: 'random shapes that broadcast',
  runs: 12,
  cases: broadcast.map(([a, b]) => ({ f: (x, y) => f(x, y!), inputs: () => points(a, b), ...rest })),
});

const reduction = (
  op: string,
  f: (x: tf.Tensor, axis: number[], keepDims: boolean) => tf.Tensor,
  rest: Pick<Case, 'step' | 'tolerance'>,
  point: (shape: number[]) => tf.Tensor,
  least: 0 | 1,
): Property => ({
  op,
  name: 'random axes',
  runs: 12,
  cases: fc
    .record({
      shape: fc.array(size(4, least), { minLength: 1, maxLength: 4 }),
      axes: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
      keepDims: fc.boolean(),
    })
    .map(({ shape, axes, keepDims }) => ({
      f: (x) => f(x, [...new Set(axes.map((axis) => axis % shape.length))], keepDims),
      inputs: () => [point(shape)],
      ...rest,
    })),
});

/** A window on an axis of the input: never larger than what it may see. */
const window = fc
  .record({
    batch: size(2),
    height: size(6, 3),
    width: size(6, 3),
    window: fc.tuple(size(3), size(3)),
    channels: fc.tuple(size(2), size(3)),
    strides: fc.tuple(size(3), size(3)),
    dilations: fc.tuple(size(2), size(2)),
    dilated: fc.boolean(),
    pad: fc.constantFrom('same' as const, 'valid' as const, 1),
  })
  .map(({ dilated, window: given, strides, dilations, ...rest }) => {
    // tfjs counts the outputs of both axes by the height's figures where the padding is a number.
    const even = ([first, second]: [number, number]): [number, number] => [first, rest.pad === 1 ? first : second];
    const one: [number, number] = [1, 1];
    const filter = rest.pad === 1 ? even(given) : given;
    return {
      ...rest,
      window: filter,
      strides: dilated ? one : even(strides),
      dilations: dilated ? even(dilations) : one,
    };
  })
  .filter(
    ({ height, width, window: [h, w], dilations: [dh, dw], pad }) =>
      (h - 1) * dh < height && (w - 1) * dw < width && (pad !== 1 || (h > 1 && w > 1)),
  );

type T4 = tf.Tensor4D;

const matMul: fc.Arbitrary<Case> = fc
  .record({
    batch: size(3),
    sizes: fc.tuple(size(4, 0), size(4, 0), size(4, 0)),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    shared: fc.constantFrom('a', 'b', 'neither'),
  })
  .map(({ batch, sizes: [m, k, n], transposeA, transposeB, shared }) => ({
    f: (a, b) => tf.matMul(a, b!, transposeA, transposeB),
    inputs: () => [
      random([...(shared === 'a' ? [] : [batch]), ...(transposeA ? [k, m] : [m, k])]),
      random([...(shared === 'b' ? [] : [batch]), ...(transposeB ? [n, k] : [k, n])]),
    ],
    ...linear,
  }));

const labels = ['a', 'b', 'c', 'd'];
const einsum: fc.Arbitrary<Case> = fc
  .record({
    first: fc.shuffledSubarray(labels, { minLength: 1, maxLength: 3 }),
    second: fc.shuffledSubarray(labels, { minLength: 1, maxLength: 3 }),
    output: fc.shuffledSubarray(labels),
    sizes: fc.tuple(size(3), size(3), size(3), size(3)),
  })
  .map(({ first, second, output, sizes }) => {
    const union = [...new Set([...first, ...second])];
    // tfjs's CPU kernel gets sums over a label of one operand alone wrong.
    const alone = union.filter((label) => first.includes(label) !== second.includes(label));
    const result = [...new Set([...output.filter((label) => union.includes(label)), ...alone])];
    const equation = `${first.join('')},${second.join('')}->${result.join('')}`;
    const shapeOf = (term: string[]) => term.map((label) => sizes[labels.indexOf(label)]!);
    return {
      f: (a, b) => tf.einsum(equation, a, b!),
      inputs: () => [random(shapeOf(first)), random(shapeOf(second))],
      ...linear,
    };
  });

const negative = (shape: number[]): tf.Tensor => tf.sub(distinct(shape), 20);

export const properties: readonly Property[] = [
  binary('add', tf.add, linear, (a, b) => [random(a), random(b)]),
  binary('mul', tf.mul, linear, (a, b) => [random(a), random(b)]),
  binary('div', tf.div, {}, (a, b) => [random(a), random(b, 0.8, 2)]),
  binary('squaredDifference', tf.squaredDifference, {}, (a, b) => [random(a), random(b)]),
  binary('maximum', tf.maximum, { step: 0.02, tolerance: 5e-4 }, (a, b) => [distinct(a), tf.sub(distinct(b), 0.05)]),
  reduction('sum', tf.sum, linear, random, 0),
  reduction('mean', tf.mean, linear, random, 1),
  reduction('max', tf.max, { ...piecewise, tolerance: 1e-3 }, negative, 1),
  reduction('prod', tf.prod, {}, (shape) => random(shape, 0.7, 1.3), 0),
  { op: 'matMul', name: 'random sizes, any of them 0', runs: 25, cases: matMul },
  { op: 'einsum', name: 'random equations', runs: 20, cases: einsum },
  {
    op: 'conv2d',
    name: 'random windows',
    runs: 20,
    cases: window.map(({ batch, height, width, window: [h, w], channels: [from, to], strides, pad, dilations }) => ({
      f: (x, filter) => tf.conv2d(x as T4, filter as T4, strides, pad, 'NHWC', dilations),
      inputs: () => [random([batch, height, width, from]), random([h, w, from, to])],
      ...linear,
    })),
  },
  {
    op: 'depthwiseConv2d',
    name: 'random windows',
    runs: 20,
    cases: window.map(({ batch, height, width, window: [h, w], channels: [from, to], strides, pad, dilations }) => ({
      f: (x, filter) => tf.depthwiseConv2d(x as T4, filter as T4, strides, pad, 'NHWC', dilations),
      inputs: () => [random([batch, height, width, from]), random([h, w, from, to])],
      ...linear,
    })),
  },
  {
    op: 'conv2dTranspose',
    name: 'random windows',
    runs: 12,
    cases: window
      .filter(({ pad }) => pad !== 1)
      .map(({ batch, height, width, window: [h, w], channels: [from, to], strides, pad }) => {
        const grown = (n: number, stride: number, k: number): number =>
          pad === 'same' ? n * stride : (n - 1) * stride + k;
        const out: [number, number, number, number] = [
          batch,
          grown(height, strides[0], h),
          grown(width, strides[1], w),
          to,
        ];
        return {
          f: (x, filter) => tf.conv2dTranspose(x as T4, filter as T4, out, strides, pad as 'same'),
          inputs: () => [random([batch, height, width, from]), random([h, w, to, from])],
          ...linear,
        };
      }),
  },
  {
    op: 'maxPool',
    name: 'random windows, all values negative',
    runs: 20,
    cases: window.map(({ batch, height, width, window: size, channels: [channels], strides, pad }) => ({
      f: (x) => tf.maxPool(x as T4, size, strides, pad),
      inputs: () => [negative([batch, height, width, channels])],
      ...piecewise,
      tolerance: 1e-3,
    })),
  },
  {
    op: 'avgPool',
    name: 'random windows',
    runs: 20,
    cases: window.map(({ batch, height, width, window: size, channels: [channels], strides, pad }) => ({
      f: (x) => tf.avgPool(x as T4, size, strides, pad),
      inputs: () => [random([batch, height, width, channels])],
      ...linear,
    })),
  },
  {
    op: 'slice',
    name: 'random boxes, also empty',
    runs: 15,
    cases: fc
      .array(
        fc.tuple(size(4, 0), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((axes) => {
        const begin = axes.map(([n, start]) => Math.floor(n * start));
        const count = axes.map(([n, , part], i) => Math.round((n - begin[i]!) * part));
        return { f: (x) => tf.slice(x, begin, count), inputs: () => [random(axes.map(([n]) => n))], ...linear };
      }),
  },
  {
    op: 'concat',
    name: 'random shapes, also empty parts',
    runs: 15,
    cases: fc
      .record({ shape: shape(3, 3), axis: size(2, 0), other: size(3, 0) })
      .map(({ shape: first, axis, other }) => ({
        f: (a, b) => tf.concat([a, b!], axis),
        inputs: () => [random(first), random(first.with(axis, other))],
        ...linear,
      })),
  },
  {
    op: 'convolution2d',
    name: 'random groups, strides, dilations and paddings',
    runs: 12,
    cases: fc
      .record({
        sides: fc.tuple(size(2), size(4, 3), size(5, 3)),
        window: fc.tuple(size(3), size(3)),
        groups: size(3, 2),
        // From eight inputs on, their gradient is computed in another way.
        inputs: fc.constantFrom(1, 2, 3, 8),
        outputs: size(3),
        strides: fc.tuple(size(2), size(2)),
        dilated: fc.boolean(),
        padding: fc.constantFrom('same' as const, 'valid' as const),
      })
      .map(({ sides, window, groups, inputs, outputs, strides, dilated, padding }) => ({
        f: (x, filter, bias) =>
          convolution2d(x, filter!, {
            bias,
            groups,
            padding,
            ...(dilated && padding === 'same' ? { dilationRate: [2, 1] } : { strides }),
          }),
        inputs: () => [
          random([...sides, groups * inputs]),
          random([...window, inputs, groups * outputs]),
          random([groups * outputs]),
        ],
        ...linear,
      })),
  },
  {
    op: 'gather',
    name: 'random indices along any axis',
    runs: 15,
    cases: fc
      .record({
        shape: fc.tuple(size(4), size(4), size(4)),
        axis: size(2, 0),
        picks: fc.array(size(99, 0), { maxLength: 5 }),
      })
      .map(({ shape: from, axis, picks }) => ({
        f: (x) =>
          tf.gather(
            x,
            tf.tensor1d(
              picks.map((pick) => pick % from[axis]!),
              'int32',
            ),
            axis,
          ),
        inputs: () => [random(from)],
        ...linear,
      })),
  },
  {
    op: 'softmax',
    name: 'random widths',
    runs: 10,
    cases: fc.tuple(size(3, 0), size(9)).map(([rows, width]) => ({
      f: (x) => tf.softmax(x),
      inputs: () => [random([rows, width], -2, 2)],
    })),
  },
  {
    op: 'fft',
    name: 'random lengths',
    runs: 12,
    cases: fc.tuple(size(2), size(17)).map(([rows, length]) => ({
      f: (re, im) => {
        const z = tf.fft(tf.complex(re, im!));
        return tf.stack([tf.real(z), tf.imag(z)]);
      },
      inputs: () => [random([rows, length]), random([rows, length])],
      ...linear,
    })),
  },
  {
    op: 'image.resizeBilinear',
    name: 'random sizes',
    runs: 12,
    cases: fc
      .record({ from: fc.tuple(size(2), size(5), size(5), size(2)), to: fc.tuple(size(7), size(7)), mode: size(2, 0) })
      .map(({ from, to, mode }) => ({
        f: (x) => tf.image.resizeBilinear(x as T4, to, mode === 1, mode === 2),
        inputs: () => [random(from)],
        ...linear,
      })),
  },
];
