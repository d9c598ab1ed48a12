import { gelu, registerGradients, silu } from '@espalier/core';
import {
  abs,
  cos,
  elu,
  engine,
  erf,
  grad,
  leakyRelu,
  log,
  log1p,
  neg,
  reciprocal,
  relu,
  relu6,
  rsqrt,
  selu,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  step,
  sum,
  type Tensor,
  tan,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { UNARY } from '../src/kernels/elementwise/codes.js';
import { expectSame, numbers, useWasm } from './both.js';

beforeAll(async () => {
  await useWasm();
  registerGradients();
});

/** The error function by its series, and beyond 3 by its continued fraction, in float64. */
function exactErfc(x: number): number {
  if (x < 0) return 2 - exactErfc(-x);
  if (x < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 120; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  for (let n = 80; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

const exactElu = (x: number) => (x < 0 ? Math.expm1(x) : x);
const exactSigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const cases: [name: string, run: (x: Tensor) => Tensor, exact: (x: number) => number, tolerance: number][] = [
  ['abs', abs, Math.abs, 0],
  ['neg', neg, (x) => -x, 0],
  ['relu', relu, (x) => Math.max(x, 0), 0],
  ['relu6', relu6, (x) => (x < 0 ? 0 : Math.min(x, 6)), 0],
  ['leakyRelu', (x) => leakyRelu(x, 0.25), (x) => (x < 0 ? 0.25 * x : x), 1e-7],
  ['step', (x) => step(x, 0.5), (x) => (x > 0 ? 1 : x <= 0 ? 0.5 : Number.NaN), 0],
  ['square', square, (x) => x * x, 1e-7],
  ['sqrt', sqrt, Math.sqrt, 1e-7],
  ['rsqrt', rsqrt, (x) => 1 / Math.sqrt(x), 2e-7],
  ['reciprocal', reciprocal, (x) => 1 / x, 1e-7],
  ['elu', elu, exactElu, 3e-7],
  ['selu', selu, (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * exactElu(x) : x), 4e-7],
  ['softplus', softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 4e-7],
  ['log', log, Math.log, 3e-7],
  ['log1p', log1p, Math.log1p, 3e-7],
  ['sign', sign, Math.sign, 0],
  ['erf', erf, (x) => 1 - exactErfc(x), 4e-7],
  // Far below 0 rounding x alone moves it by more than 1e-6.
  ['gelu', gelu, (x) => 0.5 * x * exactErfc(-x * Math.SQRT1_2), 3e-6],
  [
    'gelu, tanh form',
    (x) => gelu(x, { approximate: true }),
    // Written with the exponential, as 1 + tanh has no digits left where x is far below 0, where rounding x alone moves it.
    (x) => x * exactSigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
    3e-6,
  ],
  ['silu', silu, (x) => x * exactSigmoid(x), 5e-7],
];

describe('functions of one float', () => {
  const ordinary = [...numbers(4001, 1, -12, 12), ...numbers(2002, 2, -1, 1), ...numbers(501, 3, -1e-3, 1e-3)];
  const special = [0, -0, 1, -1, 1e-40, -1e-40, 1.2e-38, 1e30, -1e30, 3e38, Infinity, -Infinity, Number.NaN];

  test.each(cases)('%s is as computed in float64', (_, run, exact, tolerance) => {
    const x = Float32Array.from([...ordinary, ...special]);
    const got = run(tensor1d(x)).dataSync();
    for (const [i, of] of x.entries()) {
      const want = Math.fround(exact(of));
      if (Object.is(got[i], want) || (got[i] === 0 && want === 0)) continue;
      // -∞ · 0, where the limit would be 0.
      if (of === -Infinity && Number.isNaN(want)) continue;
      const error = Math.abs(got[i]! - want) / Math.max(Math.abs(want), 1e-7);
      expect(error <= tolerance, `f(${of}) is ${got[i]}, expected ${want}`).toBe(true);
    }
  });

  test('log1p is right to three units of the last place from the smallest to the largest', () => {
    const sizes = Array.from({ length: 6001 }, (_, i) => Math.fround(10 ** (i / 100 - 30)));
    const x = Float32Array.from([...sizes, ...sizes.filter((size) => size < 1).map((size) => -size), -0.9999999]);
    const got = log1p(tensor1d(x)).dataSync();
    const slope = grad((t: Tensor) => sum(log1p(t)))(tensor1d(x)).dataSync();
    for (const [i, of] of x.entries()) {
      const want = Math.log1p(of);
      expect(Math.abs(got[i]! / want - 1), `log1p(${of}) is ${got[i]}, expected ${want}`).toBeLessThan(3 * 2 ** -23);
      expect(Math.abs(slope[i]! * (1 + of) - 1)).toBeLessThan(3 * 2 ** -23);
    }
    expect([...log1p(tensor1d([-1, -1.1, -Infinity, Infinity, 0])).dataSync()]).toEqual([
      -Infinity,
      Number.NaN,
      Number.NaN,
      Infinity,
      0,
    ]);
  });

  test.each([
    ['sin', sin, Math.sin],
    ['cos', cos, Math.cos],
    ['tan', tan, Math.tan],
  ] as const)('%s is right far from 0, and next to its zeros', (_, run, exact) => {
    const wide = [4, 100, 1e4, 1e5].flatMap((size, i) => [...numbers(5001, i, -size, size)]);
    const zeros = Array.from({ length: 2001 }, (_, i) => ((i - 1000) * Math.PI) / 2);
    const tiny = [1e-9, -1e-9, 1e-30, -1e-30, 1e-4, 0];
    const check = (x: Float32Array, bound: (want: number) => number) => {
      const got = run(tensor1d(x)).dataSync();
      for (const [i, of] of x.entries()) {
        const want = exact(of);
        expect(Math.abs(got[i]! - want) <= bound(want), `f(${of}) is ${got[i]}, expected ${want}`).toBe(true);
      }
    };
    const units = run === tan ? 4 : 2;
    check(Float32Array.from([...wide, ...zeros, ...tiny]), (want) => units * 2 ** -23 * Math.abs(want));
    check(numbers(5001, 5, -1e7, 1e7), (want) => 1e-6 * Math.max(1, want * want));
    const far = [...run(tensor1d([1e12, 3e38, Infinity, -Infinity, Number.NaN])).dataSync()];
    if (run !== tan) for (const value of far.slice(0, 2)) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    expect(far.slice(2)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('abs has slopes of 1 and -1 however small a number is', () => {
    const x = tensor1d([1e-7, -1e-7, 1e-30, -1e-30, 0]);
    expect([...grad((t: Tensor) => sum(abs(t)))(x).dataSync()]).toEqual([1, -1, 1, -1, 0]);
  });

  test('the gradient of selu keeps NaN', () => {
    expect([...grad((t: Tensor) => sum(selu(t)))(tensor1d([Number.NaN])).dataSync()]).toEqual([Number.NaN]);
  });

  test('take integers as tfjs does', async () => {
    for (const run of [abs, neg, relu, sign, square, step]) {
      await expectSame(() => run(tensor1d([3, 0, -2, 7, -9], 'int32')));
    }
  });

  test('give the same bits however the work is divided', () => {
    const wasm = engine().backend as WasmEngine;
    const x = tensor1d(numbers(5003, 4, -5, 5));
    for (const code of Object.values(UNARY)) {
      const [whole, parts] = [0, 1].map(() => wasm.makeOutput(x.shape, 'float32'));
      const args = (out: typeof whole) => [code, wasm.offset(x), wasm.offset(out!), 5003, 0.5, 2];
      const scratch = wasm.scratch(32);
      wasm.simd.unaryF32(...args(whole), 0, 5, scratch);
      for (const [first, last] of [
        [3, 5],
        [0, 1],
        [1, 3],
      ])
        wasm.simd.unaryF32(...args(parts), first!, last!, scratch);
      expect(wasm.readSync(parts!.dataId)).toEqual(wasm.readSync(whole!.dataId));
      wasm.disposeData(whole!.dataId);
      wasm.disposeData(parts!.dataId);
    }
  });
});
