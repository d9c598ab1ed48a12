import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  FusedConv2D,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ConvInfo } from '../src/kernels/convolution/ConvInfo.js';
import { suitsWinograd } from '../src/kernels/convolution/winograd.js';
import { numbers, useWasm } from './both.js';

beforeAll(useWasm);

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly c: number;
  readonly n: number;
  readonly pad: readonly [number, number];
}

const cases: fc.Arbitrary<Case> = fc.record({
  batch: fc.integer({ min: 1, max: 11 }),
  height: fc.integer({ min: 6, max: 19 }),
  width: fc.integer({ min: 6, max: 19 }),
  c: fc.integer({ min: 4, max: 10 }).map((x) => 4 * x),
  n: fc.integer({ min: 4, max: 10 }).map((x) => 4 * x),
  pad: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
});

const sizes = ({ height, width, pad: [top, bottom] }: Case): [number, number] => [
  height + top + bottom - 2,
  width + top + bottom - 2,
];

const attrsOf = ({ pad }: Case) => ({ strides: 1, pad: [[0, 0], pad, pad, [0, 0]], dataFormat: 'NHWC', dilations: 1 });

const run = (kernel: string, inputs: NamedTensorMap, attrs: object) =>
  engine()
    .runKernel<Tensor>(kernel, inputs, attrs as unknown as NamedAttrMap)
    .dataSync() as Float32Array;

/** y, dx and dFilter of a convolution in float64, by its definition. */
function defined(x: Float32Array, w: Float32Array, dy: Float32Array, size: Case) {
  const { batch, height, width, c, n, pad } = size;
  const [down, across] = sizes(size);
  const [y, dx, dw] = [dy.length, x.length, w.length].map((length) => new Float64Array(length));
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < down; i++) {
      for (let j = 0; j < across; j++) {
        const to = ((b * down + i) * across + j) * n;
        for (let tap = 0; tap < 9; tap++) {
          const [h, v] = [i + Math.floor(tap / 3) - pad[0], j + (tap % 3) - pad[0]];
          if (h < 0 || h >= height || v < 0 || v >= width) continue;
          const from = ((b * height + h) * width + v) * c;
          for (let p = 0; p < c; p++) {
            for (let q = 0; q < n; q++) {
              const at = (tap * c + p) * n + q;
              y![to + q]! += x[from + p]! * w[at]!;
              dx![from + p]! += dy[to + q]! * w[at]!;
              dw![at]! += x[from + p]! * dy[to + q]!;
            }
          }
        }
      }
    }
  }
  return { y: y!, dx: dx!, dw: dw! };
}

/** How far apart the furthest values are, as a part of the largest. */
function distance(got: Float32Array, wanted: Float64Array): number {
  expect(got.length).toBe(wanted.length);
  let [most, largest] = [0, 1e-30];
  for (let i = 0; i < wanted.length; i++) {
    most = Math.max(most, Number.isFinite(got[i]!) ? Math.abs(got[i]! - wanted[i]!) : Number.POSITIVE_INFINITY);
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return most / largest;
}

function operands(size: Case) {
  const { batch, height, width, c, n } = size;
  const [down, across] = sizes(size);
  const shapes = { x: [batch, height, width, c], filter: [3, 3, c, n], dy: [batch, down, across, n] };
  const values = Object.values(shapes).map((shape, i) =>
    numbers(
      shape.reduce((a, b) => a * b, 1),
      i + 1,
    ),
  );
  return { shapes, x: values[0]!, filter: values[1]!, dy: values[2]! };
}

function computed({ shapes, x, filter, dy }: ReturnType<typeof operands>, size: Case) {
  const at = {
    x: tensor(x, shapes.x),
    filter: tensor(filter, shapes.filter),
    dy: tensor(dy, shapes.dy),
  };
  const attrs = attrsOf(size);
  return {
    y: run('Conv2D', { x: at.x, filter: at.filter }, attrs),
    dx: run(Conv2DBackpropInput, { dy: at.dy, filter: at.filter }, { ...attrs, inputShape: shapes.x }),
    dw: run(Conv2DBackpropFilter, { x: at.x, dy: at.dy }, { ...attrs, filterShape: shapes.filter }),
  };
}

describe('convolution by Winograd’s method', () => {
  test('agrees with the definition in float64, gradients included', () => {
    fc.assert(
      fc.property(cases, (size) => {
        const given = operands(size);
        const wanted = defined(given.x, given.filter, given.dy, size);
        const got = computed(given, size);
        expect(distance(got.y, wanted.y)).toBeLessThan(1e-5);
        expect(distance(got.dx, wanted.dx)).toBeLessThan(1e-5);
        expect(distance(got.dw, wanted.dw)).toBeLessThan(1e-5);
      }),
      { numRuns: 20 },
    );
  });

  test('values that are not finite reach the outputs that read them and no others', () => {
    const size: Case = { batch: 2, height: 16, width: 16, c: 16, n: 16, pad: [1, 1] };
    const given = operands(size);
    given.x[(5 * 16 + 7) * 16 + 3] = Number.NaN;
    given.dy[(9 * 16 + 2) * 16 + 1] = Number.POSITIVE_INFINITY;
    const wanted = defined(given.x, given.filter, given.dy, size);
    const got = computed(given, size);
    for (const name of ['y', 'dx', 'dw'] as const) {
      const finite = Array.from(got[name], Number.isFinite);
      expect(finite).toEqual(Array.from(wanted[name], Number.isFinite));
      expect(finite).toContain(false);
    }
    expect(got.y.filter(Number.isNaN).length).toBe(9 * 16);
  });

  test('adds a bias and applies an activation', () => {
    const size: Case = { batch: 3, height: 14, width: 13, c: 20, n: 28, pad: [1, 1] };
    const given = operands(size);
    const bias = numbers(28, 9);
    const wanted = defined(given.x, given.filter, given.dy, size).y.map((y, i) => Math.max(0, y + bias[i % 28]!));
    const inputs = {
      x: tensor(given.x, given.shapes.x),
      filter: tensor(given.filter, given.shapes.filter),
      bias: tensor(bias, [28]),
    };
    expect(distance(run(FusedConv2D, inputs, { ...attrsOf(size), activation: 'relu' }), wanted)).toBeLessThan(1e-5);
  });

  test('is chosen where it is faster', () => {
    const info = {
      batchSize: 1,
      inChannels: 32,
      outChannels: 32,
      inHeight: 16,
      inWidth: 16,
      padInfo: { top: 1, left: 1, bottom: 1, right: 1, type: 'SAME' },
      filterShape: [3, 3, 32, 32],
      outHeight: 16,
      outWidth: 16,
      filterHeight: 3,
      filterWidth: 3,
      strideHeight: 1,
      strideWidth: 1,
      dilationHeight: 1,
      dilationWidth: 1,
    } as ConvInfo;
    expect(suitsWinograd(info)).toBe(true);
    for (const other of [
      { strideWidth: 2 },
      { padInfo: { top: -1, left: 1, bottom: 1, right: 1, type: 'NUMBER' } },
      { inHeight: 20 },
      { dilationHeight: 2 },
      { filterHeight: 5 },
      { inChannels: 3 },
      { filterShape: [3, 3, 16, 32] },
      { outChannels: 30 },
      { outHeight: 5, outWidth: 5, batchSize: 32 },
      { outHeight: 8 },
    ]) {
      expect(suitsWinograd({ ...info, ...other } as ConvInfo)).toBe(false);
    }
  });
});
