import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { type AttentionOptions, activateBackend, scaledDotProductAttention } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import { grads, memory, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

type Shape = readonly number[];
interface Case {
  readonly name: string;
  readonly shapes: readonly [query: Shape, key: Shape, value: Shape];
  readonly options?: Omit<AttentionOptions, 'mask'>;
  readonly mask?: { readonly shape: Shape; readonly dtype: 'bool' | 'float32'; readonly hideAll?: boolean };
}

const made = (shape: Shape, seed: number, scale = 2) =>
  tensor(
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => scale * ((((i + 1 + 77 * seed) * 0.6180339887498949) % 1) * 2 - 1),
    ),
    [...shape],
  );

const qkv = (batch: Shape, q: number, k: number, d: number, w = d) =>
  [
    [...batch, q, d],
    [...batch, k, d],
    [...batch, k, w],
  ] as const;
const cases: Case[] = [
  { name: 'one of each', shapes: qkv([], 1, 1, 1) },
  { name: 'small', shapes: qkv([2], 3, 5, 4, 3) },
  { name: 'blocks', shapes: qkv([2, 2], 70, 130, 16, 24) },
  { name: 'odd blocks', shapes: qkv([3], 33, 65, 9, 5) },
  { name: 'causal', shapes: qkv([2], 67, 67, 8), options: { causal: true } },
  { name: 'causal, fewer keys', shapes: qkv([2], 40, 5, 8), options: { causal: true } },
  { name: 'causal, more keys', shapes: qkv([2], 5, 140, 8), options: { causal: true, scale: 1 } },
  { name: 'bool mask', shapes: qkv([2, 3], 7, 9, 8), mask: { shape: [2, 1, 1, 9], dtype: 'bool' } },
  { name: 'bool mask of heads', shapes: qkv([2, 3], 37, 70, 8), mask: { shape: [3, 37, 70], dtype: 'bool' } },
  { name: 'nothing to see', shapes: qkv([2], 3, 4, 8), mask: { shape: [3, 4], dtype: 'bool', hideAll: true } },
  { name: 'bias', shapes: qkv([2, 3], 7, 9, 8), mask: { shape: [1, 3, 7, 9], dtype: 'float32' } },
  { name: 'bias that hides all', shapes: qkv([2], 3, 4, 8), mask: { shape: [3, 4], dtype: 'float32', hideAll: true } },
  {
    name: 'bias and causal',
    shapes: qkv([2], 70, 70, 8),
    options: { causal: true },
    mask: { shape: [70, 1], dtype: 'float32' },
  },
  {
    name: 'heads last',
    shapes: [
      [2, 35, 3, 8],
      [2, 66, 3, 8],
      [2, 66, 3, 16],
    ],
    options: { headsAfterLength: true },
  },
  {
    name: 'heads last, odd, masked',
    shapes: [
      [2, 5, 3, 5],
      [2, 6, 3, 5],
      [2, 6, 3, 7],
    ],
    options: { headsAfterLength: true },
    mask: { shape: [2, 1, 5, 6], dtype: 'bool' },
  },
];

function maskOf({ shape, dtype, hideAll }: NonNullable<Case['mask']>): Tensor {
  const values = made(shape, 9)
    .dataSync()
    .map((value, i) => (dtype === 'bool' ? Number(value > -1 || i === 0) : value));
  // The first query sees nothing at all.
  if (hideAll) values.fill(dtype === 'bool' ? 0 : Number.NEGATIVE_INFINITY, 0, shape.at(-1)!);
  return tensor(values, [...shape], dtype);
}

const operation =
  ({ options, mask }: Case) =>
  (...[q, k, v]: Tensor[]) =>
    scaledDotProductAttention(q!, k!, v!, { ...options, ...(mask === undefined ? {} : { mask: maskOf(mask) }) });

function both(one: Case): number[][] {
  return tidy(() => {
    const f = operation(one);
    const inputs = one.shapes.map((shape, i) => made(shape, i + 1));
    const value = f(...inputs);
    return [value, ...grads(f)(inputs, made(value.shape, 4))].map((t) => Array.from(t.dataSync()));
  });
}

describe('scaledDotProductAttention', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    '%s: wasm gives the numbers and gradients of cpu',
    async (_, one) => {
      await activateBackend(cpu());
      const expected = both(one);
      await activateBackend(wasm());
      const before = memory().numTensors;
      const got = both(one);
      expect(memory().numTensors).toBe(before);
      for (const [i, values] of expected.entries()) {
        expect(got[i]!.length).toBe(values.length);
        const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        for (const [j, value] of values.entries()) {
          expect(Math.abs(got[i]![j]! - value) / scale, `${i} [${j}]: ${got[i]![j]}, not ${value}`).toBeLessThan(1e-5);
        }
      }
    },
  );

  it('does not overflow, lets NaN through and takes empty batches', async () => {
    await activateBackend(wasm());
    const [q, k, v] = [made([4, 8], 1, 1e4), made([6, 8], 2, 1e4), made([6, 8], 3)];
    expect([...scaledDotProductAttention(q, k, v).dataSync()].every(Number.isFinite)).toBe(true);
    const broken = q.dataSync().slice();
    broken[8] = Number.NaN;
    const y = [...scaledDotProductAttention(tensor(broken, [4, 8]), k, v).dataSync()];
    expect(y.map(Number.isNaN)).toEqual(y.map((_, i) => i >= 8 && i < 16));
    expect(scaledDotProductAttention(zeros([0, 4, 8]), zeros([0, 6, 8]), zeros([0, 6, 8])).shape).toEqual([0, 4, 8]);
  });

  it.each([
    [
      [2, 3, 4],
      [2, 5, 6],
      [2, 5, 4],
    ],
    [
      [2, 3, 4],
      [1, 5, 4],
      [1, 5, 4],
    ],
    [
      [2, 3, 4],
      [2, 5, 4],
      [2, 6, 4],
    ],
    [[4], [4], [4]],
  ])('refuses %j, %j, %j', (q, k, v) => {
    expect(() => scaledDotProductAttention(zeros(q), zeros(k), zeros(v))).toThrow(/do not go together/);
  });
});

describe.each([cpu(), wasm()])('attention on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each(
    cases
      .filter(({ shapes }) => shapes.every((shape) => shape.reduce((a, b) => a * b, 1) < 450))
      .map((one) => [one.name, one] as const),
  )('%s: has the gradient of finite differences', (_, one) => {
    const inputs = one.shapes.map((shape, i) => made(shape, i + 1, 1));
    for (const { input, error } of compareWithFiniteDifferences(operation(one), inputs)) {
      expect(error, `input ${input}`).toBeLessThan(2e-3);
    }
  });
});
