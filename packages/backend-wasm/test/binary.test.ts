import {
  add,
  div,
  engine,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  notEqual,
  squaredDifference,
  sub,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { applyBinary } from '../src/kernels/elementwise/binary.js';
import { expectSame, numbers, useWasm } from './both.js';

beforeAll(useWasm);

const cases: [string, (a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number][] = [
  ['add', add, (a, b) => a + b],
  ['sub', sub, (a, b) => a - b],
  ['mul', mul, (a, b) => a * b],
  ['div', div, (a, b) => a / b],
  ['maximum', maximum, Math.max],
  ['minimum', minimum, Math.min],
  ['squaredDifference', squaredDifference, (a, b) => Math.fround(a - b) ** 2],
  ['equal', equal, (a, b) => Number(a === b)],
  ['notEqual', notEqual, (a, b) => Number(a !== b)],
  ['greater', greater, (a, b) => Number(a > b)],
  ['greaterEqual', greaterEqual, (a, b) => Number(a >= b)],
  ['less', less, (a, b) => Number(a < b)],
  ['lessEqual', lessEqual, (a, b) => Number(a <= b)],
];

const sizeOf = (shape: readonly number[]) => shape.reduce((x, y) => x * y, 1);

describe('functions of two floats', () => {
  const special = [0, -0, 1, -2.5, 3e38, 1e-40, Infinity, -Infinity, Number.NaN];

  test.each(cases)('%s is as computed in float64, for all pairs of special values', (_, run, exact) => {
    const a = special.flatMap((x) => special.map(() => x));
    const b = special.flatMap(() => special);
    const got = run(tensor(a), tensor(b)).dataSync();
    const again = run(tensor(special, [special.length, 1]), tensor(special)).dataSync();
    expect([...again]).toEqual([...got]);
    for (const [i, x] of a.entries()) {
      const want = Math.fround(exact(Math.fround(x), Math.fround(b[i]!)));
      expect(Object.is(got[i], want) || got[i] === want, `f(${x}, ${b[i]}) is ${got[i]}, expected ${want}`).toBe(true);
    }
  });

  const shapes = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.constantFrom('both', 'both', 'a', 'b')), { maxLength: 5 })
    .chain((axes) =>
      fc.record({
        a: fc.constant(axes.map(([size, whose]) => (whose === 'b' ? 1 : size))),
        b: fc.constant(axes.map(([size, whose]) => (whose === 'a' ? 1 : size))),
        short: fc.constantFrom(0, 1, 2),
      }),
    )
    // Leading axes of 1 may be left away.
    .map(({ a, b, short }) => (b.slice(0, short).every((size) => size === 1) ? { a, b: b.slice(short) } : { a, b }));

  test('broadcast as the CPU backend does', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.constantFrom(sub, div, less), async ({ a, b }, run) => {
        await expectSame(() => run(tensor(numbers(sizeOf(a), 1), a), tensor(numbers(sizeOf(b), 2), b)));
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    [[3000], [3000]],
    [[3000], []],
    [[], [3000]],
    [[700, 3], [3]],
    [[3], [700, 3]],
    [[401, 10], [10]],
    [[90, 63], [63]],
    [[30, 100], [100]],
    [
      [30, 100],
      [30, 1],
    ],
    [
      [1000, 3],
      [1000, 1],
    ],
    [
      [2, 300, 1, 5],
      [2, 1, 4, 5],
    ],
    [[0, 3], [3]],
    [[1, 1], [1]],
  ])('of shapes %j and %j agree with the CPU backend', async (a, b) => {
    await expectSame(() => sub(tensor(numbers(sizeOf(a), 1), a), tensor(numbers(sizeOf(b), 2), b)));
    await expectSame(() => greater(tensor(numbers(sizeOf(a), 1), a), tensor(numbers(sizeOf(b), 2), b)));
  });

  test('take integers and truths as tfjs does', async () => {
    for (const run of [add, sub, mul, maximum, minimum, less, equal]) {
      await expectSame(() => run(tensor([1, -2, 300], [3], 'int32'), tensor([[2], [-2]], [2, 1], 'int32')));
    }
    await expectSame(() => notEqual(tensor([1, 0], [2], 'bool'), tensor([0, 0], [2], 'bool')));
  });

  test.each([
    [[2, 2500], [2500]],
    [[5000], [5000]],
    [[1667, 3], [3]],
    [
      [50, 25, 4],
      [50, 1, 4],
    ],
  ])('give the same bits however the work is divided: %j, %j', (shapeA, shapeB) => {
    const wasm = engine().backend as WasmEngine;
    const [a, b] = [tensor(numbers(sizeOf(shapeA), 5), shapeA), tensor(numbers(sizeOf(shapeB), 6), shapeB)];
    for (let code = 0; code < 28; code++) {
      const whole = wasm.readSync(applyBinary(wasm, code, a, b, 0.5).dataId);
      const split = wasm.split;
      wasm.split = (kernel, args, count, _grain, bytes = 0) => {
        const scratch = wasm.allocate(bytes, 'scratch');
        const run = wasm.simd[kernel] as (...args: number[]) => void;
        for (let i = count - 1; i >= 0; i--) run(...args, i, i + 1, scratch);
      };
      const parts = wasm.readSync(applyBinary(wasm, code, a, b, 0.5).dataId);
      wasm.split = split;
      expect(parts).toEqual(whole);
    }
  });
});
