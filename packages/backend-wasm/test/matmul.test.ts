import {
  BatchMatMul,
  engine,
  fused,
  math,
  matMul,
  type NamedAttrMap,
  ones,
  type Tensor,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { expectClose, expectSame, numbers, useWasm } from './both.js';

beforeAll(useWasm);

/** The product in float64, of matrices given row by row. */
function product64(
  a: Float32Array,
  b: Float32Array,
  m: number,
  n: number,
  k: number,
  tA: boolean,
  tB: boolean,
): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += a[tA ? p * m + i : i * k + p]! * b[tB ? j * k + p : p * n + j]!;
    return sum;
  });
}

function check(m: number, n: number, k: number, tA: boolean, tB: boolean): void {
  const [a, b] = [numbers(m * k, m + 3 * n), numbers(k * n, k)];
  const out = matMul(tensor(a, tA ? [k, m] : [m, k]), tensor(b, tB ? [n, k] : [k, n]), tA, tB);
  expect(out.shape).toEqual([m, n]);
  expectClose(out.dataSync(), product64(a, b, m, n, k, tA, tB), 1e-5 * Math.max(1, Math.sqrt(k) / 4));
}

const size = fc.integer({ min: 1, max: 41 });

describe('matMul', () => {
  // First, while the scratch memory is no larger than they ask for: the last slice is less deep, but its blocks are deeper.
  test.each([
    [16, 300, 8200],
    [128, 256, 8200],
  ])('stays within its memory where %i x %i, %i deep, is cut along the depth', (m, n, k) => {
    const out = matMul(ones([k, m]), ones([k, n]), true);
    (engine().registry.wasm as unknown as WasmEngine).blocks.verify();
    expect(out.dataSync()).toEqual(new Float32Array(m * n).fill(k));
  });

  test('equals the float64 product in all four transposed forms, at any size', () => {
    fc.assert(fc.property(size, size, size, fc.boolean(), fc.boolean(), check), { numRuns: 150 });
  });

  // Across the blocks of 128 rows, 256 deep and 512 columns, and the thin shapes of last layers.
  test.each([
    [129, 7, 257],
    [3, 515, 10],
    [130, 521, 300],
    [32, 10, 800],
    [32, 1, 513],
    [1, 64, 1],
    [1, 1, 2000],
  ])('equals it at %i x %i, %i deep', (m, n, k) => {
    for (const tA of [false, true]) for (const tB of [false, true]) check(m, n, k, tA, tB);
  });

  test.each([
    [
      [0, 3],
      [3, 2],
    ],
    [
      [2, 0],
      [0, 3],
    ],
    [
      [2, 3],
      [3, 0],
    ],
    [
      [0, 2, 3],
      [3, 4],
    ],
  ])('a product of %j and %j has the right shape, and zeros', (a, b) => {
    const out = matMul(ones(a), ones(b));
    expect(out.shape).toEqual([...a.slice(0, -1), b[1]]);
    expect(Array.from(out.dataSync()).every((value) => value === 0)).toBe(true);
  });

  // The CPU backend is no reference here: it does not broadcast [2, 1] with [1, 3].
  test.each([
    {
      aBatch: [3],
      bBatch: [3],
      pairs: [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    },
    {
      aBatch: [3],
      bBatch: [],
      pairs: [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
    },
    {
      aBatch: [],
      bBatch: [3],
      pairs: [
        [0, 0],
        [0, 1],
        [0, 2],
      ],
    },
    {
      aBatch: [2, 1],
      bBatch: [1, 3],
      pairs: [
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 0],
        [1, 1],
        [1, 2],
      ],
    },
    {
      aBatch: [2, 2],
      bBatch: [2],
      pairs: [
        [0, 0],
        [1, 1],
        [2, 0],
        [3, 1],
      ],
    },
    {
      aBatch: [1],
      bBatch: [2],
      pairs: [
        [0, 0],
        [0, 1],
      ],
    },
  ])('batches of $aBatch and $bBatch broadcast', ({ aBatch, bBatch, pairs }) => {
    const [m, n, k] = [5, 7, 6];
    const a = numbers(aBatch.reduce((x, y) => x * y, 1) * m * k, 1);
    const b = numbers(bBatch.reduce((x, y) => x * y, 1) * k * n, 2);
    for (const tA of [false, true]) {
      for (const tB of [false, true]) {
        const left = tensor(a, [...aBatch, ...(tA ? [k, m] : [m, k])]);
        const right = tensor(b, [...bBatch, ...(tB ? [n, k] : [k, n])]);
        const expected = pairs.flatMap(([i, j]) =>
          product64(
            a.subarray(i! * m * k, (i! + 1) * m * k),
            b.subarray(j! * k * n, (j! + 1) * k * n),
            m,
            n,
            k,
            tA,
            tB,
          ),
        );
        expectClose(matMul(left, right, tA, tB).dataSync(), expected);
      }
    }
  });

  test.each([
    [9, 32, 5000],
    [33, 17, 4096],
    [4, 8, 9001],
  ])('a depth that is cut into slices gives the same: %i x %i, %i deep', (m, n, k) => {
    for (const tA of [false, true]) for (const tB of [false, true]) check(m, n, k, tA, tB);
  });

  test('a range of strips writes its strips alone, with the bits that the whole product has', () => {
    const backend = engine().backend as unknown as WasmEngine;
    const { simd } = backend;
    for (const [m, n, k] of [
      [33, 45, 300],
      [130, 70, 40],
      [6, 100, 513],
    ] as const) {
      for (const [tA, tB] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const [a, b, bias] = [tensor(numbers(m * k, 1)), tensor(numbers(k * n, 2)), tensor(numbers(n, 3))];
        for (const byRows of [true, false]) {
          const [rows, cols] = byRows ? [4, n] : [m, 16];
          const strips = byRows ? Math.ceil(m / 4) : Math.ceil(n / 16);
          const run = (cuts: number[]) => {
            const out = tensor(new Float32Array(m * n).fill(7));
            const scratch = backend.scratch(simd.gemmScratch(m, n, k));
            const [aAt, bAt, outAt, biasAt] = [a, b, out, bias].map((t) => backend.offset(t));
            const [aRow, aCol] = tA ? [1, m] : [k, 1];
            const [bRow, bCol] = tB ? [1, k] : [n, 1];
            for (let i = 0; i + 1 < cuts.length; i++) {
              // biome-ignore format: the order of the kernel's parameters, in its groups.
              simd.gemmRange(
                m, n, k, aAt!, aRow, aCol, bAt!, bRow, bCol, outAt!, 0, biasAt!, 1, 0,
                rows, cols, strips, 0, cuts[i]!, cuts[i + 1]!, scratch,
              );
            }
            return out.dataSync();
          };
          const whole = run([0, strips]);
          expect(run([0, 1, strips])).toEqual(whole);
          expect(run(Array.from({ length: strips + 1 }, (_, i) => i))).toEqual(whole);
        }
      }
    }
  });

  test.each(['nn', 'tn', 'nt', 'tt'])('keeps NaN and infinities in their rows and columns, %s', (form) => {
    const [m, n, k] = [9, 11, 5];
    const [tA, tB] = [form[0] === 't', form[1] === 't'];
    const [a, b] = [numbers(m * k, 1, 1, 2), numbers(k * n, 2, 1, 2)];
    a[tA ? 8 : 8 * k] = Number.NaN;
    b[tB ? 10 * k : 10] = Number.POSITIVE_INFINITY;
    const out = matMul(tensor(a, tA ? [k, m] : [m, k]), tensor(b, tB ? [n, k] : [k, n]), tA, tB);
    expectClose(out.dataSync(), product64(a, b, m, n, k, tA, tB));
  });

  test('a weight that was changed in place is read anew', () => {
    const wasm = engine().backend as unknown as WasmEngine;
    const [x, weight] = [tensor([1, 1], [1, 2]), tensor([1, 2], [2, 1])];
    expect(matMul(x, weight).dataSync()[0]).toBe(3);
    wasm.typedArrayFromHeap(weight)[0] = 10;
    expect(matMul(x, weight).dataSync()[0]).toBe(12);
  });

  test('of integers is exact, or refused', async () => {
    const ints = (shape: number[], seed: number, size: number) =>
      tensor(
        Int32Array.from(
          numbers(
            shape.reduce((x, y) => x * y),
            seed,
            -size,
            size,
          ),
          Math.round,
        ),
        shape,
        'int32',
      );
    await expectSame(() => matMul(ints([3, 5, 7], 1, 1000), ints([7, 4], 2, 1000)), 0);
    await expectSame(() => matMul(ints([7, 5], 1, 1), ints([4, 7], 2, 9), true, true), 0);
    expect(matMul(ints([2, 2], 1, 9), ints([2, 2], 2, 9)).dtype).toBe('int32');
    expect(() => matMul(ints([2, 7], 1, 2000), ints([7, 2], 2, 2000))).toThrow(/float32 only/);
    const counts = math.confusionMatrix(tensor1d([0, 1, 2, 1], 'int32'), tensor1d([0, 2, 2, 1], 'int32'), 3);
    expect([...counts.dataSync()]).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1]);
  });

  test('refuses other dtypes and sizes that do not meet', () => {
    const truths = tensor([1], [1, 1], 'bool');
    expect(() => matMul(truths, truths)).toThrow(/float32 only/);
    const run = (a: number[], b: number[]) =>
      engine().runKernel(BatchMatMul, { a: tensor(numbers(6, 1), a), b: tensor(numbers(6, 2), b) }, {
        transposeA: false,
        transposeB: false,
      } as unknown as NamedAttrMap);
    expect(() => run([2, 3], [2, 3])).toThrow(/inner sizes/);
  });
});

describe('fused.matMul', () => {
  const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

  test('applies bias and activation once, whatever the depth and the form', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...activations),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(3, 130, 300),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(0, 1, 2),
        async (activation, m, n, k, transposeA, transposeB, biasKind) => {
          const bias = [[], [n], [m, n]][biasKind]!;
          await expectSame(
            () =>
              fused.matMul({
                a: tensor(numbers(m * k, 1), transposeA ? [k, m] : [m, k]) as never,
                b: tensor(numbers(n * k, 2), transposeB ? [n, k] : [k, n]) as never,
                transposeA,
                transposeB,
                bias: tensor(
                  numbers(
                    bias.reduce((x, y) => x * y, 1),
                    3,
                    -3,
                    3,
                  ),
                  bias,
                ),
                activation,
                preluActivationWeights: tensor(numbers(n, 4), [n]),
                leakyreluAlpha: 0.3,
              }) as Tensor,
            3e-5,
          );
        },
      ),
      { numRuns: 80 },
    );
  });

  test('works on batches', async () => {
    await expectSame(
      () =>
        fused.matMul({
          a: tensor(numbers(2 * 3 * 70, 1), [2, 3, 70]) as never,
          b: tensor(numbers(2 * 70 * 5, 2), [2, 70, 5]) as never,
          bias: tensor(numbers(5, 3), [5]),
          activation: 'relu',
        }) as Tensor,
    );
  });
});
