import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  batchNormalization,
  groupNormalization,
  layerNormalization,
  logSoftmax,
  rmsNormalization,
} from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import { grads, memory, softmax, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

type Shape = readonly number[];
type Operation = (...inputs: Tensor[]) => Tensor;

const weyl = (size: number, seed: number, scale = 2) =>
  Float32Array.from({ length: size }, (_, i) => scale * ((((i + 1 + 77 * seed) * 0.6180339887498949) % 1) * 2 - 1));
const sizeOf = (shape: Shape) => shape.reduce((product, size) => product * size, 1);
const made = (shape: Shape, seed: number, scale = 2, shift = 0) =>
  tensor(
    weyl(sizeOf(shape), seed, scale).map((value) => value + shift),
    [...shape],
  );

const operations: [string, Operation, ((channels: number) => boolean)?][] = [
  ['layerNormalization', (x, gamma, beta) => layerNormalization(x!, gamma, beta)],
  ['layerNormalization without parameters', (x) => layerNormalization(x!)],
  ['layerNormalization with an offset alone', (x, beta) => layerNormalization(x!, undefined, beta)],
  ['rmsNormalization', (x, gamma) => rmsNormalization(x!, gamma)],
  ['groupNormalization, 1', (x, gamma, beta) => groupNormalization(x!, gamma, beta, { groups: 1 })],
  ['groupNormalization, 3', (x, gamma, beta) => groupNormalization(x!, gamma, beta, { groups: 3 }), (c) => c % 3 === 0],
  ['batchNormalization', (x, gamma, beta) => batchNormalization(x!, gamma, beta)],
  ['batchNormalization with a scale alone', (x, gamma) => batchNormalization(x!, gamma)],
  ['softmax', (x) => softmax(x!)],
  ['logSoftmax', (x) => logSoftmax(x!)],
];
const shapes: Shape[] = [
  [1, 1],
  [5, 1],
  [4, 3],
  [2, 5, 6],
  [3, 17],
  [2, 3, 3, 9],
  [70, 12],
  [37, 21],
  [2, 600],
  [3, 45],
];

/** Value and gradients of an operation for inputs by formula. */
function both(f: Operation, shape: Shape, scale = 2, shift = 0): number[][] {
  return tidy(() => {
    const channels = shape.at(-1)!;
    const x = made(shape, 1, scale, shift);
    const inputs = [x, made([channels], 2), made([channels], 3)];
    const value = f(...inputs);
    expect(value.shape).toEqual(shape);
    const found = grads((...xs: Tensor[]) => f(...xs))(inputs.slice(0, f.length), made(shape, 4));
    return [value, ...found].map((t) => Array.from(t.dataSync()));
  });
}

function expectClose(got: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  expect(got.length, what).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (const [i, value] of expected.entries()) {
    if (Object.is(value, got[i])) continue;
    expect(Math.abs(got[i]! - value) / scale, `${what} [${i}]: ${got[i]}, not ${value}`).toBeLessThanOrEqual(tolerance);
  }
}

describe('on wasm, by kernels of its own', () => {
  for (const [name, f, fits = () => true] of operations) {
    it(`${name} gives the numbers and gradients of cpu`, async () => {
      for (const shape of shapes.filter((one) => fits(one.at(-1)!))) {
        await activateBackend(cpu());
        const expected = both(f, shape);
        await activateBackend(wasm());
        const before = memory().numTensors;
        for (const [i, got] of both(f, shape).entries())
          expectClose(got, expected[i]!, 2e-5, `${name} [${shape}] ${i}`);
        expect(memory().numTensors).toBe(before);
      }
    });

    it(`${name} lets NaN through`, async () => {
      await activateBackend(wasm());
      tidy(() => {
        const x = weyl(24, 1);
        x[7] = Number.NaN;
        expect(Array.from(f(tensor(x, [4, 6]), made([6], 2), made([6], 3)).dataSync())[7]).toBeNaN();
      });
    });

    it(`${name} takes an empty batch`, async () => {
      await activateBackend(wasm());
      expect(f(tensor([], [0, 6]), made([6], 2), made([6], 3)).shape).toEqual([0, 6]);
    });
  }

  it.each([0, 1e2, 1e4, 1e6])('keeps its digits where the mean is %d and the deviation 1', async (shift) => {
    await activateBackend(wasm());
    const values = weyl(64 * 96, 1, 1.7).map((value) => value + shift);
    const normalised = (rows: number, columns: number, at: (row: number, column: number) => number) => {
      const out = new Float32Array(rows * columns);
      for (let i = 0; i < rows; i++) {
        let mean = 0;
        let variance = 0;
        for (let j = 0; j < columns; j++) mean += values[at(i, j)]! / columns;
        for (let j = 0; j < columns; j++) variance += (values[at(i, j)]! - mean) ** 2 / columns;
        for (let j = 0; j < columns; j++) out[at(i, j)] = (values[at(i, j)]! - mean) / Math.sqrt(variance + 1e-5);
      }
      return [...out];
    };
    const x = tensor(values, [64, 96]);
    const options = { epsilon: 1e-5 };
    const byRow = [...layerNormalization(x, undefined, undefined, options).dataSync()];
    expectClose(
      byRow,
      normalised(64, 96, (i, j) => i * 96 + j),
      2e-6,
      'rows',
    );
    const byColumn = [...batchNormalization(x, undefined, undefined, options).dataSync()];
    expectClose(
      byColumn,
      normalised(96, 64, (i, j) => j * 96 + i),
      2e-6,
      'columns',
    );
  });

  it.each([1e-30, 1e15, 1e25, 1e37])('stays finite for values of about %d', async (scale) => {
    await activateBackend(wasm());
    for (const f of [layerNormalization, rmsNormalization] as const) {
      const y = [...f(made([3, 10], 1, scale)).dataSync()];
      expect(y.every(Number.isFinite)).toBe(true);
      if (scale > 1) expect(Math.hypot(...y.slice(0, 10)) / Math.sqrt(10)).toBeCloseTo(1, 4);
    }
  });

  it('softmax does not overflow, and follows infinities as arithmetic does', async () => {
    await activateBackend(wasm());
    const { NEGATIVE_INFINITY: low, POSITIVE_INFINITY: high, NaN: none } = Number;
    const rows: [number[], number[]][] = [
      [
        [1e30, 0, -1e30],
        [1, 0, 0],
      ],
      [
        [88, 89, 90],
        [0.09003057, 0.24472848, 0.66524094],
      ],
      [
        [low, 0, 0],
        [0, 0.5, 0.5],
      ],
      [
        [high, 0, 0],
        [none, none, none],
      ],
    ];
    for (const [x, expected] of rows) expectClose([...softmax(tensor(x)).dataSync()], expected, 1e-6, String(x));
    expectClose([...logSoftmax(tensor([1000, 0, low])).dataSync()], [0, -1000, low], 1e-6, 'log');
  });
});

describe.each([cpu(), wasm()])('on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each([[5], [1], [1, 6], []])('refuses parameters [%s] of 6 channels', (...shape) => {
    const [x, parameter] = [made([4, 6], 1), made(shape, 2)];
    for (const normalize of [batchNormalization, layerNormalization]) {
      expect(() => normalize(x, parameter)).toThrow('gamma has the wrong shape');
      expect(() => normalize(x, undefined, parameter)).toThrow('beta has the wrong shape');
    }
    expect(() => rmsNormalization(x, parameter)).toThrow('gamma has the wrong shape');
    expect(() => groupNormalization(x, parameter, undefined, { groups: 2 })).toThrow('gamma has the wrong shape');
  });

  it('refuses groups that are no number of channels, and what has no channels', () => {
    for (const groups of [0, 1.5, 4]) {
      expect(() => groupNormalization(made([2, 3], 1), undefined, undefined, { groups })).toThrow('shared out');
    }
    for (const normalize of [batchNormalization, layerNormalization, rmsNormalization] as const) {
      expect(() => normalize(tensor(1))).toThrow('nothing to normalise');
    }
  });

  it.each(operations)('%s has the gradient of finite differences', (_, f, fits = () => true) => {
    for (const shape of [
      [4, 6],
      [3, 2, 3],
    ].filter((one) => fits(one.at(-1)!))) {
      const inputs = [made(shape, 1), made([shape.at(-1)!], 2), made([shape.at(-1)!], 3)].slice(0, f.length);
      for (const { input, error } of compareWithFiniteDifferences(f, inputs)) {
        expect(error, `[${shape}] input ${input}`).toBeLessThan(2e-3);
      }
    }
  });
});
