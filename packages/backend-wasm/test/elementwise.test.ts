import { cast, exp, prelu, sigmoid, type Tensor, tanh, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectSame, numbers, useWasm } from './both.js';

beforeAll(useWasm);

/** The largest error, in units of the last place of the float64 result rounded to float32; subnormals count as 0. */
function unitsOff(got: ArrayLike<number>, exact: (x: number) => number, x: Float32Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const want = exact(x[i]!);
    const rounded = Math.fround(want);
    if (Object.is(got[i], rounded) || (got[i] === 0 && rounded === 0)) continue;
    const unit = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(want)))) - 23);
    const error = Math.abs(got[i]! - want) / unit;
    if (!(error <= most)) most = error;
  }
  return most;
}

describe('exp, sigmoid and tanh', () => {
  const wide = numbers(100_003, 1, -100, 88.7);
  const near = numbers(100_003, 2, -2, 2);
  const tiny = numbers(1001, 3, -1e-4, 1e-4);

  test.each([
    { name: 'exp', run: exp, exact: Math.exp, units: 2 },
    { name: 'sigmoid', run: sigmoid, exact: (x: number) => 1 / (1 + Math.exp(-x)), units: 4 },
    { name: 'tanh', run: tanh, exact: Math.tanh, units: 4 },
  ])('$name is within $units units of the last place', ({ run, exact, units }) => {
    for (const x of [wide, near, tiny]) expect(unitsOff(run(tensor1d(x)).dataSync(), exact, x)).toBeLessThan(units);
  });

  test('take the ends of the range, infinities and NaN', () => {
    const x = tensor1d([0, -0, 88.72, 89, 1000, -87, -104, -1000, Infinity, -Infinity, Number.NaN]);
    const values = (t: Tensor) => Array.from(t.dataSync());
    const e = values(exp(x));
    expect(e.slice(0, 2)).toEqual([1, 1]);
    expect(e[2]).toBeGreaterThan(3.3e38);
    expect(e.slice(3, 5)).toEqual([Infinity, Infinity]);
    expect(e[5]).toBeCloseTo(1.6458114e-38, 44);
    expect(e.slice(6)).toEqual([0, 0, Infinity, 0, Number.NaN]);
    expect(values(sigmoid(x)).slice(8)).toEqual([1, 0, Number.NaN]);
    expect(values(tanh(x)).slice(0, 2)).toEqual([0, -0]);
    expect(values(tanh(x)).slice(8)).toEqual([1, -1, Number.NaN]);
  });

  test('exp takes int32', async () => {
    await expectSame(() => exp(tensor1d([0, 1, -2], 'int32')));
  });
});

describe('cast', () => {
  const values = [0, -0, 0.25, -0.75, 1, 255, 256, 257, -256, 1e6, -1e6];

  test.each([
    ['float32', 'bool'],
    ['float32', 'int32'],
    ['float32', 'float32'],
    ['int32', 'bool'],
    ['int32', 'float32'],
    ['bool', 'int32'],
    ['bool', 'float32'],
  ] as const)('from %s to %s agrees with the CPU backend', async (from, to) => {
    const source = from === 'float32' ? values : values.map((v) => (from === 'bool' ? Number(v !== 0) : Math.trunc(v)));
    await expectSame(() => cast(tensor1d(source, from), to));
  });

  test('makes NaN true', () => {
    expect([...cast(tensor1d([Number.NaN]), 'bool').dataSync()]).toEqual([1]);
  });
});

describe('prelu', () => {
  test.each([[[4, 5]], [[5]], [[1]], [[4, 1]], [[3, 4, 5]]])(
    'with an alpha of shape %j agrees with the CPU backend',
    async (shape) => {
      const alpha = () =>
        tensor(
          numbers(
            shape.reduce((x, y) => x * y),
            2,
          ),
          shape,
        );
      await expectSame(() => prelu(tensor(numbers(60, 1), [3, 4, 5]), alpha()));
    },
  );

  test('refuses an alpha that is larger', () => {
    expect(() => prelu(tensor(numbers(2, 1), [2]), tensor(numbers(4, 1), [2, 2]))).toThrow(/x, broadcast with alpha/);
  });
});
