import {
  type DataType,
  engine,
  getKernel,
  type KernelBackend,
  mean,
  setBackend,
  sum,
  type TensorInfo,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWasm, type WasmFile } from '../src/engine/readWasm.js';
import { supportsRelaxedSimd } from '../src/engine/support.js';
import { WasmEngine } from '../src/engine/WasmEngine.js';
import { expectClose, guarded, numbers, useWasm } from './both.js';

const BUILDS: WasmFile[] = [
  'espalier-simd.wasm',
  ...(supportsRelaxedSimd() ? (['espalier-relaxed.wasm'] as const) : []),
];
const engines: WasmEngine[] = [];
let cpu: KernelBackend;

beforeAll(async () => {
  await useWasm();
  for (const file of BUILDS) {
    const tfjs = await readWasm('tfjs-backend-wasm-simd.wasm', undefined);
    const own = await readWasm(file, undefined);
    for (const threads of [1, 2])
      engines.push(await WasmEngine.create({ tfjs, own, threads, shared: threads > 1, guarded }));
  }
  await setBackend('cpu');
  cpu = engine().backend;
  await setBackend('wasm');
});

afterAll(() => {
  for (const one of engines) {
    one.blocks.verify();
    one.dispose();
  }
});

type Values = Float32Array | Int32Array | Uint8Array;
type Axes = number | number[];

interface Case {
  readonly kernel: string;
  readonly shape: number[];
  readonly axes: Axes;
  readonly keepDims?: boolean;
  readonly dtype?: DataType;
}

function run(
  backend: KernelBackend,
  values: Values,
  { kernel, shape, axes, keepDims = false, dtype = 'float32' }: Case,
) {
  const x = { dataId: backend.write(values, shape, dtype), shape, dtype };
  const attrs = kernel === 'Max' ? { reductionIndices: axes, keepDims } : { axis: axes, keepDims };
  const { kernelFunc } = getKernel(kernel, backend === cpu ? 'cpu' : 'wasm');
  const out = kernelFunc({ inputs: { x }, attrs, backend }) as TensorInfo;
  const result = Array.from(backend.readSync(out.dataId) as Values);
  for (const { dataId } of [x, out]) backend.disposeData(dataId);
  return { shape: out.shape, dtype: out.dtype, values: result };
}

/** All engines agree with the CPU backend; of one build, those with different numbers of threads do so to the last bit. */
function expectAgreement(values: Values, one: Case, tolerance = 1e-5) {
  const expected = run(cpu, values, one);
  const got = engines.map((backend) => run(backend, values, one));
  for (const { shape, dtype, values: ours } of got) {
    expect({ shape, dtype }).toEqual({ shape: expected.shape, dtype: expected.dtype });
    expectClose(ours, expected.values, tolerance);
  }
  for (let i = 0; i < got.length; i += 2) expect(got[i + 1]!.values).toEqual(got[i]!.values);
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** What a kernel is given: few different integers, so that extremes occur more than once. */
function valuesFor(kernel: string, dtype: DataType, count: number): Values {
  if (dtype === 'bool')
    return Uint8Array.from(numbers(count, 3, 0, 1), (v) => Number(v < (kernel === 'Any' ? 0.1 : 0.9)));
  const whole = Int32Array.from(numbers(count, 3, -90, 90), Math.floor);
  // The CPU backend computes products in float64, which loses what int32 keeps where many are more than 1.
  if (kernel === 'Prod' && dtype === 'int32') return whole.map((v, i) => (i % 97 === 0 ? Math.sign(v) || 1 : 1));
  if (dtype === 'int32') return whole;
  return kernel === 'Prod' ? numbers(count, 3, 0.9, 1.1) : numbers(count, 3, -2, 1);
}

const TYPES: Record<string, DataType[]> = {
  Sum: ['float32', 'int32'],
  Prod: ['float32', 'int32'],
  Max: ['float32', 'int32', 'bool'],
  Min: ['float32', 'int32', 'bool'],
  All: ['bool'],
  Any: ['bool'],
  ArgMax: ['float32', 'int32', 'bool'],
  ArgMin: ['float32', 'int32', 'bool'],
};
const table = Object.entries(TYPES).flatMap(([kernel, types]) => types.map((dtype) => ({ kernel, dtype })));
const onOneAxis = (kernel: string) => kernel.startsWith('Arg');

/** Short and long rows, whole lines and not, with and without blocks and chunks. */
const layouts: [number[], Axes][] = [
  [[1], 0],
  [[10], 0],
  [[32, 10], 1],
  [[7, 1000], 1],
  [[100_003], 0],
  [[1000, 130], 0],
  [[70, 1000], 0],
  [[3, 2, 300], 1],
  [[3, 5000, 7], 1],
  [[40_000, 3], 0],
  [[5, 31, 17], 1],
  [
    [4, 30, 40, 33],
    [0, 1, 2],
  ],
  [
    [6, 5, 4, 3, 2],
    [1, 3],
  ],
  [
    [9, 8, 70],
    [0, 2],
  ],
];

describe.each(table)('$kernel of $dtype', ({ kernel, dtype }) => {
  test.each(layouts.filter(([, axes]) => !onOneAxis(kernel) || !Array.isArray(axes)))(
    'over %j, axes %j',
    (shape, axes) => {
      const tolerance = kernel === 'Prod' ? 1e-4 : 1e-5;
      expectAgreement(valuesFor(kernel, dtype, sizeOf(shape)), { kernel, dtype, shape, axes }, tolerance);
    },
  );

  test('over any axes', () => {
    const cases = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        axes: onOneAxis(kernel) ? fc.nat(shape.length - 1) : fc.subarray(shape.map((_, axis) => axis)),
        keepDims: onOneAxis(kernel) ? fc.constant(false) : fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(cases, ({ shape, axes, keepDims }) => {
        expectAgreement(valuesFor(kernel, dtype, sizeOf(shape)), { kernel, dtype, shape, axes, keepDims }, 1e-5);
      }),
      { numRuns: 25 },
    );
  });

  test('of nothing', () => {
    const axes = (all: number[]) => (onOneAxis(kernel) ? all[0]! : all);
    for (const [shape, along] of [
      [[0, 3], [0]],
      [[3, 0], [1]],
      [[3, 0], [0]],
      [[2, 0, 3], [1]],
    ] as const) {
      // An extreme of nothing is none.
      if (/Max|Min/.test(kernel) && along.some((axis) => shape[axis] === 0)) {
        expect(() =>
          expectAgreement(valuesFor(kernel, dtype, 0), { kernel, dtype, shape: [...shape], axes: axes([...along]) }),
        ).toThrow('no largest or smallest of nothing');
        continue;
      }
      expectAgreement(valuesFor(kernel, dtype, 0), { kernel, dtype, shape: [...shape], axes: axes([...along]) });
    }
  });
});

describe.each(['Sum', 'Mean', 'Prod', 'Max', 'Min', 'ArgMax', 'ArgMin'])('%s', (kernel) => {
  const lists = [
    [Number.NaN, 1, 2],
    [1, Number.NaN, 2],
    [3, 2, -Number.NaN],
    [-Infinity, -Infinity, -Infinity],
    [Infinity, 1, Infinity],
    [Infinity, -Infinity, 0],
    [-0, 0, -0],
    [1e30, 1e30, 1e-30],
  ];

  test.each(lists)('of %j and what a long row, a long column and many columns hold besides', (...list) => {
    for (const [shape, axis] of [
      [[3], 0],
      [[3, 2], 0],
      [[70], 0],
      [[2, 500], 1],
      [[90, 5], 0],
      [[90, 20], 0],
      [[40_000], 0],
      [[900, 70], 0],
    ] as [number[], number][]) {
      // The list stands at the end of the axis, or at its beginning, in some columns.
      const inner = sizeOf(shape.slice(axis + 1));
      for (const start of [0, shape[axis]! - 3]) {
        const values = new Float32Array(sizeOf(shape)).fill(kernel === 'Prod' ? 1 : -5);
        list.forEach((value, i) => {
          for (let j = 0; j < inner; j += 3) values[(start + i) * inner + j] = value;
        });
        if (kernel === 'Mean') {
          const total = run(engines[0]!, values, { kernel: 'Sum', shape, axes: axis }).values;
          const means = run(engines[0]!, values, { kernel, shape, axes: axis }).values;
          expectClose(
            means,
            total.map((value) => value / shape[axis]!),
            1e-5,
          );
        } else expectAgreement(values, { kernel, shape, axes: axis });
      }
    }
  });
});

describe('sums and means', () => {
  test.each([
    [[1_000_000], 0],
    [
      [1000, 1000],
      [0, 1],
    ],
    [[1_000_000, 1], 0],
    [[1, 1_000_000], 1],
    [
      [1000, 10, 100],
      [0, 2, 1],
    ],
  ] as [number[], Axes][])('a million tenths are a hundred thousand, to seven digits: %j, axes %j', (shape, axes) => {
    const x = new Float32Array(1e6).fill(0.1);
    for (const backend of engines) {
      expect(Math.abs(run(backend, x, { kernel: 'Sum', shape, axes }).values[0]! - 1e5)).toBeLessThan(1e-3);
      expect(Math.abs(run(backend, x, { kernel: 'Mean', shape, axes }).values[0]! - 0.1)).toBeLessThan(1e-8);
    }
  });

  test.each([
    [200_000, 5],
    [50_000, 20],
    [1000, 1000],
  ])('columns of %d tenths are right too', (rows, columns) => {
    const x = new Float32Array(1e6).fill(0.1);
    for (const backend of engines) {
      for (const total of run(backend, x, { kernel: 'Sum', shape: [rows, columns], axes: 0 }).values) {
        expect(Math.abs(total / rows - 0.1)).toBeLessThan(1e-8);
      }
    }
  });

  test('a product keeps what only its parts exceed', () => {
    const x = Float32Array.of(1e30, 1e30, 1e-30, 1e-30, 3);
    for (const backend of engines) expectClose(run(backend, x, { kernel: 'Prod', shape: [5], axes: 0 }).values, [3]);
  });

  test('the mean of other types is float32', () => {
    for (const dtype of ['int32', 'bool'] as const) {
      expectAgreement(valuesFor('Sum', dtype, 60), { kernel: 'Mean', dtype, shape: [3, 4, 5], axes: [0, 2] });
    }
    expect(sum(tensor([true, false, true])).dataSync()[0]).toBe(2);
  });

  test('count each axis once', () => {
    expect(() => mean(zeros([3, 3]), [0, -2])).toThrow('an axis is named twice');
  });

  test('of nothing are 0 and NaN', () => {
    expect(Array.from(sum(zeros([0, 3]), 0).dataSync())).toEqual([0, 0, 0]);
    expect(Array.from(mean(zeros([0, 3]), 0).dataSync())).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(Array.from(mean(zeros([0, 3, 2]), [0, 2]).dataSync())).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(sum(zeros([3, 0]), 0).shape).toEqual([0]);
  });
});
