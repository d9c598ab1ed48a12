import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { numbers, useWasm } from './both.js';

beforeAll(useWasm);

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly c: number;
  readonly n: number;
  /** Rows and columns of zeros on each side. */
  readonly pad: number;
  readonly seed: number;
  readonly where: 'x' | 'filter' | 'dy';
  /** What the values are before: dense, mostly zeros or all zeros. */
  readonly ground: 'dense' | 'half' | 'zeros';
  readonly spikes: readonly (readonly [place: number, size: number])[];
}

const sizes = fc.oneof(
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.double({ min: 2, max: 30, noNaN: true }).map((exponent) => 10 ** exponent),
);

/** Where in its array, from 0 to 1: small whole numbers, which fast-check likes, are spread. */
const places = fc.nat(999_983).map((x) => ((x * 7919) % 999_983) / 999_983);

const cases: fc.Arbitrary<Case> = fc.record({
  batch: fc.integer({ min: 1, max: 4 }),
  height: fc.integer({ min: 8, max: 19 }),
  width: fc.integer({ min: 8, max: 19 }),
  c: fc.integer({ min: 4, max: 8 }).map((x) => 4 * x),
  n: fc.integer({ min: 4, max: 8 }).map((x) => 4 * x),
  pad: fc.integer({ min: 0, max: 2 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
  where: fc.constantFrom('x', 'filter', 'dy'),
  ground: fc.constantFrom('dense', 'half', 'zeros'),
  spikes: fc.array(fc.tuple(places, sizes), { minLength: 1, maxLength: 3 }),
});

const run = (kernel: string, inputs: NamedTensorMap, attrs: object) =>
  engine()
    .runKernel<Tensor>(kernel, inputs, attrs as unknown as NamedAttrMap)
    .dataSync() as Float32Array;

/** Results of the definition in float64, and what each adds up without signs. */
class Sums {
  readonly value: Float64Array;
  readonly size: Float64Array;
  /** Whether it takes part in a product of a padding's zero and a value that is not finite: such products may be made or not. */
  readonly free: Uint8Array;
  constructor(count: number) {
    this.value = new Float64Array(count);
    this.size = new Float64Array(count);
    this.free = new Uint8Array(count);
  }
  add(at: number, product: number): void {
    this.value[at]! += product;
    this.size[at]! += Math.abs(product);
  }
}

const EPSILON = 2 ** -24;

/** The largest error, in roundings of what the result adds up. */
function worst(got: Float32Array, { value, size, free }: Sums): number {
  let most = 0;
  for (let i = 0; i < got.length; i++) {
    if (free[i] === 1) continue;
    if (!Number.isFinite(size[i]!) || size[i]! > 1e37) {
      if (!Number.isFinite(size[i]!)) expect(Number.isFinite(got[i]!), `element ${i} is not finite`).toBe(false);
      continue;
    }
    const error = Math.abs(got[i]! - value[i]!);
    if (error > 1e-38 || Number.isNaN(error)) {
      const part = error / (EPSILON * size[i]!);
      if (!(part <= most)) most = part;
    }
  }
  return most;
}

function measure(size: Case) {
  const { batch, height, width, c, n, pad, seed, where, ground, spikes } = size;
  const [down, across] = [height + 2 * pad - 2, width + 2 * pad - 2];
  const shapes = { x: [batch, height, width, c], filter: [3, 3, c, n], dy: [batch, down, across, n] };
  const given = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => {
      const values = numbers(
        shape.reduce((a, b) => a * b, 1),
        seed + i,
      );
      if (name === where && name !== 'filter') {
        const rest = numbers(values.length, seed + 7, 0, 1);
        for (let k = 0; k < values.length; k++)
          if (ground === 'zeros' || (ground === 'half' && rest[k]! < 0.5)) values[k] = 0;
      }
      if (name === where) for (const [place, value] of spikes) values[Math.floor(place * values.length)] = value;
      return [name, values];
    }),
  ) as Record<'x' | 'filter' | 'dy', Float32Array>;
  const { x, filter, dy } = given;
  const sums = { y: new Sums(dy.length), dx: new Sums(x.length), dw: new Sums(filter.length) };
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < down; i++) {
      for (let j = 0; j < across; j++) {
        const to = ((b * down + i) * across + j) * n;
        for (let tap = 0; tap < 9; tap++) {
          const [h, v] = [i + Math.floor(tap / 3) - pad, j + (tap % 3) - pad];
          if (h < 0 || h >= height || v < 0 || v >= width) {
            for (let p = 0; p < c; p++) {
              for (let q = 0; q < n; q++) {
                const at = (tap * c + p) * n + q;
                if (!Number.isFinite(filter[at]!)) sums.y.free[to + q] = 1;
                if (!Number.isFinite(dy[to + q]!)) sums.dw.free[at] = 1;
              }
            }
            continue;
          }
          const from = ((b * height + h) * width + v) * c;
          for (let p = 0; p < c; p++) {
            for (let q = 0; q < n; q++) {
              const at = (tap * c + p) * n + q;
              sums.y.add(to + q, x[from + p]! * filter[at]!);
              sums.dx.add(from + p, dy[to + q]! * filter[at]!);
              sums.dw.add(at, x[from + p]! * dy[to + q]!);
            }
          }
        }
      }
    }
  }
  // The gradient of the input is a convolution too, of dy with zeros around it.
  const bad = Array.from(filter.keys()).filter((k) => !Number.isFinite(filter[k]!));
  for (let pixel = 0; bad.length > 0 && pixel < batch * height * width; pixel++) {
    for (const k of bad) {
      const [tap, p] = [Math.floor(k / (c * n)), Math.floor(k / n) % c];
      const i = (Math.floor(pixel / width) % height) + pad - Math.floor(tap / 3);
      const j = (pixel % width) + pad - (tap % 3);
      if (i < 0 || i >= down || j < 0 || j >= across) sums.dx.free[pixel * c + p] = 1;
    }
  }
  const at = { x: tensor(x, shapes.x), filter: tensor(filter, shapes.filter), dy: tensor(dy, shapes.dy) };
  const sides = [pad, pad];
  const attrs = { strides: 1, pad: [[0, 0], sides, sides, [0, 0]], dataFormat: 'NHWC', dilations: 1 };
  return {
    y: worst(run('Conv2D', { x: at.x, filter: at.filter }, attrs), sums.y),
    dx: worst(run(Conv2DBackpropInput, { dy: at.dy, filter: at.filter }, { ...attrs, inputShape: shapes.x }), sums.dx),
    dw: worst(run(Conv2DBackpropFilter, { x: at.x, dy: at.dy }, { ...attrs, filterShape: shapes.filter }), sums.dw),
  };
}

describe('a 3 x 3 convolution with values out of proportion', () => {
  test('each result is off by no more than the rounding of what it adds up itself', () => {
    fc.assert(
      fc.property(cases, (size) => {
        const got = measure(size);
        // Sums of 9 c terms, one after the other, are off by up to 9 c of these roundings.
        for (const name of ['y', 'dx', 'dw'] as const) expect(got[name], name).toBeLessThan(100);
      }),
      { numRuns: 60 },
    );
  });
});
