import {
  BinaryCrossentropy,
  batchNormalization,
  CategoricalCrossentropy,
  groupNormalization,
  layerNormalization,
  logSoftmax,
  registerGradients,
  rmsNormalization,
  SparseCategoricalCrossentropy,
  scaledDotProductAttention,
} from '@espalier/core';
import { engine, grads, softmax, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SimdKernels } from '../src/engine/SimdKernels.js';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { numbers, useWasm } from './both.js';

type Shape = readonly number[];
type Operation = (...inputs: Tensor[]) => Tensor;

const made = (shape: Shape, seed: number) =>
  tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
      -2,
      2,
    ),
    [...shape],
  );
const labels = () => tensor(Int32Array.from(numbers(37, 9, 0, 11)), [37], 'int32');
const mask = () =>
  tensor(
    numbers(3 * 150, 8).map((value) => Number(value > -0.4)),
    [3, 1, 150],
    'bool',
  );
const three = (queries: number, keys: number): Shape[] => [
  [3, queries, 9],
  [3, keys, 9],
  [3, keys, 6],
];
const logits = { fromLogits: true };

/** Name, the compiled kernels it must run, shapes of its inputs, and the operation. */
const cases: [string, RegExp, Shape[], Operation][] = [
  ['attention', /^attention/, three(150, 200), (q, k, v) => scaledDotProductAttention(q!, k!, v!)],
  ['attention to many keys', /^attention/, three(20, 2200), (q, k, v) => scaledDotProductAttention(q!, k!, v!)],
  [
    'causal attention',
    /^attention/,
    three(150, 150),
    (q, k, v) => scaledDotProductAttention(q!, k!, v!, { causal: true }),
  ],
  [
    'causal attention, few queries',
    /^attention/,
    three(20, 150),
    (q, k, v) => scaledDotProductAttention(q!, k!, v!, { causal: true }),
  ],
  [
    'masked attention',
    /^attention/,
    three(70, 150),
    (q, k, v) => scaledDotProductAttention(q!, k!, v!, { mask: mask() }),
  ],
  ['softmax', /^softmax/, [[37, 11]], (x) => softmax(x!)],
  ['logSoftmax', /^softmax/, [[5, 300]], (x) => logSoftmax(x!)],
  [
    'crossentropy',
    /^crossentropy/,
    [[37, 11]],
    (x) => new CategoricalCrossentropy(logits).values(softmax(made([37, 11], 7)), x!),
  ],
  [
    'crossentropy of probabilities',
    /^crossentropy/,
    [[37, 11]],
    (x) => new CategoricalCrossentropy({ labelSmoothing: 0.1 }).values(softmax(made([37, 11], 7)), softmax(x!)),
  ],
  [
    'sparse crossentropy',
    /^crossentropy/,
    [[37, 11]],
    (x) => new SparseCategoricalCrossentropy(logits).values(labels(), x!),
  ],
  [
    'binary crossentropy',
    /^binaryCrossentropy/,
    [[37, 11]],
    (x) => new BinaryCrossentropy(logits).values(softmax(made([37, 11], 7)), x!),
  ],
  ['batchNormalization', /./, [[37, 11], [11], [11]], (x, gamma, beta) => batchNormalization(x!, gamma!, beta!)],
  [
    'batchNormalization of many rows',
    /./,
    [[2, 19, 40, 12], [12], [12]],
    (x, gamma, beta) => batchNormalization(x!, gamma!, beta!),
  ],
  ['layerNormalization', /./, [[300, 13], [13], [13]], (x, gamma, beta) => layerNormalization(x!, gamma!, beta!)],
  ['rmsNormalization', /./, [[300, 13], [13]], (x, gamma) => rmsNormalization(x!, gamma!)],
  [
    'groupNormalization',
    /./,
    [[9, 5, 12], [12], [12]],
    (x, gamma, beta) => groupNormalization(x!, gamma!, beta!, { groups: 3 }),
  ],
];

/** The value and the gradients of all inputs. */
const all = (f: Operation, shapes: Shape[]): Float32Array[] =>
  tidy(() => {
    const inputs = shapes.map((shape, i) => made(shape, i + 1));
    const value = f(...inputs);
    // Gradients are taken for exactly the inputs there are.
    const g = grads((...xs: Tensor[]) => f(...xs))(inputs, made(value.shape, 5));
    return [value, ...g].map((t) => t.dataSync().slice() as Float32Array);
  });

describe('results are the same to the last bit however work is divided', () => {
  beforeAll(async () => {
    await useWasm();
    registerGradients();
  });

  test.each(cases)('%s', (_, kernels, shapes, f) => {
    const backend = engine().backend as unknown as WasmEngine;
    const whole = all(f, shapes);
    const { split } = backend;
    const divided = new Set<string>();
    try {
      for (const threads of [1, 8]) {
        // As with so many threads: some work is divided more finely then.
        Object.defineProperty(backend, 'threads', { value: threads, configurable: true });
        for (const step of [1, 2, 5]) {
          backend.split = function (this: WasmEngine, kernel, args, count, _grain, bytes = 0) {
            const scratch = this.allocate(Math.max(64, bytes), 'a test');
            const call = this.simd[kernel as keyof SimdKernels] as (...args: number[]) => void;
            if (count > 1) divided.add(kernel);
            // From the last to the first: no range may count on those before it.
            for (let at = Math.floor((count - 1) / step) * step; at >= 0; at -= step) {
              this.heap.fill(0xff, scratch, scratch + bytes);
              call(...args, at, Math.min(count, at + step), scratch);
            }
            this.blocks.give(scratch);
          };
          expect(all(f, shapes)).toEqual(whole);
        }
      }
    } finally {
      backend.split = split;
      Reflect.deleteProperty(backend, 'threads');
    }
    expect([...divided].filter((kernel) => kernels.test(kernel)).length).toBeGreaterThan(1);
  });
});

test('what the gradient of attention holds grows with the length, not with its square', () => {
  const backend = engine().backend as unknown as WasmEngine;
  const { scratch } = backend;
  const held = (keys: number) => {
    let most = 0;
    backend.scratch = function (this: WasmEngine, bytes) {
      most = Math.max(most, bytes);
      return scratch.call(this, bytes);
    };
    all((x) => scaledDotProductAttention(x!, x!, x!), [[1, keys, 1]]);
    return most;
  };
  Object.defineProperty(backend, 'threads', { value: 8, configurable: true });
  try {
    expect(held(4096)).toBeLessThan(2.1 * held(2048));
  } finally {
    backend.scratch = scratch;
    Reflect.deleteProperty(backend, 'threads');
  }
});
