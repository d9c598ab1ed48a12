import { registerGradients } from '@espalier/core';
import {
  engine,
  grads,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimdKernels } from '../../src/engine/SimdKernels.js';
import type { WasmEngine } from '../../src/engine/WasmEngine.js';
import { numbers, useWasm } from '../both.js';

export type Shape = readonly number[];

/** A name, the shapes of the inputs, and the operation. */
export type Case = readonly [name: string, shapes: readonly Shape[], run: (...inputs: Tensor[]) => Tensor];

/** How the work is divided: how many threads kernels believe in, and how many items a range has. */
const WAYS = [
  [1, Number.MAX_SAFE_INTEGER],
  [8, 1],
  [3, 5],
] as const;

const sizeOf = (shape: Shape) => shape.reduce((a, b) => a * b, 1);

/** Numbers from -2 to 2. */
export const made = (shape: Shape, seed: number): Tensor => tensor(numbers(sizeOf(shape), seed, -2, 2), [...shape]);

/** Whole numbers from 0 to `most` - 1. */
export const wholes = (shape: Shape, most: number): Tensor =>
  tensor(Int32Array.from(numbers(sizeOf(shape), 9, 0, most)), [...shape], 'int32');

/** Truths, most of them true. */
export const truths = (shape: Shape): Tensor =>
  tensor(
    numbers(sizeOf(shape), 8).map((value) => Number(value > -0.4)),
    [...shape],
    'bool',
  );

export const runKernel = (name: string, inputs: Tensor[] | NamedTensorMap, attrs: object): Tensor[] =>
  engine().runKernel<Tensor[]>(name, inputs as NamedTensorMap, attrs as NamedAttrMap);

export const bytesOf = (x: Tensor): Buffer => Buffer.from((x.dataSync() as Float32Array).slice().buffer);

/** The bytes of the value and of the gradients of all inputs. */
function all([, shapes, run]: Case): Buffer[] {
  return tidy(() => {
    const inputs = shapes.map((shape, i) => made(shape, i + 1));
    const value = run(...inputs);
    // Gradients are taken for exactly the inputs there are.
    const gradients = grads((...xs: Tensor[]) => run(...xs))(inputs, made(value.shape, 5));
    return [value, ...gradients].map(bytesOf);
  });
}

/**
 * What `go` gives where every kernel does its ranges from the last to the first, so that none counts on those before it,
 * and where scratch memory is fresh, exactly as large as asked for and full of NaN.
 * @param seen Receives the kernels that had several items.
 */
function divided<T>(threads: number, step: number, seen: Set<string>, go: () => T): T {
  const backend = engine().backend as unknown as WasmEngine;
  const { split, scratch } = backend;
  const pieces: number[] = [];
  const fresh = (bytes: number): number => {
    const at = backend.allocate(Math.max(1, bytes), 'a test');
    backend.heap.fill(0xff, at, at + bytes);
    return at;
  };
  Object.defineProperty(backend, 'threads', { value: threads, configurable: true });
  backend.scratch = (bytes) => {
    pieces.push(fresh(bytes));
    return pieces.at(-1)!;
  };
  backend.split = (kernel, args, count, _grain, bytes = 0) => {
    const call = backend.simd[kernel as keyof SimdKernels] as (...args: number[]) => void;
    if (count > 1) seen.add(kernel);
    for (let at = Math.floor((count - 1) / step) * step; at >= 0; at -= step) {
      const own = fresh(bytes);
      call(...args, at, Math.min(count, at + step), own);
      backend.blocks.give(own);
    }
  };
  try {
    return go();
  } finally {
    backend.split = split;
    backend.scratch = scratch;
    Reflect.deleteProperty(backend, 'threads');
    for (const piece of pieces) backend.blocks.give(piece);
  }
}

/** Tests that results have the same bits however their work is divided, and that `kernels` are among what was. */
export function testRanges(family: string, kernels: readonly (keyof SimdKernels)[], table: readonly Case[]): void {
  describe(`${family}: the same to the last bit however the work is divided`, () => {
    const compare = rangesOf(kernels);
    test.each(table)('%s', (...one) => compare(() => all(one)));
  });
}

/** What {@link testRanges} does with each row of its table, for those that have another form. */
export function rangesOf(kernels: readonly (keyof SimdKernels)[]): (go: () => Buffer[]) => void {
  const seen = new Set<string>();
  beforeAll(async () => {
    await useWasm();
    registerGradients();
  });
  afterAll(() => expect([...seen]).toEqual(expect.arrayContaining([...kernels])));
  return (go) => {
    const whole = go();
    for (const [threads, step] of WAYS) {
      for (const [i, bytes] of divided(threads, step, seen, go).entries()) {
        expect(bytes.equals(whole[i]!), `output ${i}, ${threads} threads, ranges of ${step}`).toBe(true);
      }
    }
  };
}
