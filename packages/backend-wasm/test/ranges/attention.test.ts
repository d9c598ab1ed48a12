import { scaledDotProductAttention } from '@espalier/core';
import { engine, grad, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { WasmEngine } from '../../src/engine/WasmEngine.js';
import { type Case, made, type Shape, testRanges, truths } from './divided.js';

/** Queries, keys, depth of keys and of values: one of each, whole blocks, odd ones, more keys than are done in a round. */
const sizes = [
  [1, 1, 1, 1],
  [64, 64, 8, 8],
  [65, 63, 9, 5],
  [130, 200, 33, 72],
  [3, 129, 4, 8],
  [20, 2200, 9, 6],
] as const;

const shapesOf = ([queries, keys, depth, features]: readonly [number, number, number, number]): Shape[] => [
  [3, queries, depth],
  [3, keys, depth],
  [3, keys, features],
];

testRanges(
  'attention',
  ['attention', 'attentionGrad', 'sumSlices'],
  [
    ...sizes.flatMap((size) =>
      [false, true].map(
        (causal): Case => [
          `${size}${causal ? ', causal' : ''}`,
          shapesOf(size),
          (query, key, value) => scaledDotProductAttention(query!, key!, value!, { causal }),
        ],
      ),
    ),
    [
      'masked',
      shapesOf([70, 150, 9, 6]),
      (query, key, value) => scaledDotProductAttention(query!, key!, value!, { mask: truths([3, 1, 150]) }),
    ],
  ],
);

test('what the gradient of attention holds grows with the length, not with its square', () => {
  const backend = engine().backend as unknown as WasmEngine;
  const { scratch } = backend;
  let most = 0;
  const held = (length: number) =>
    tidy(() => {
      most = 0;
      grad((x: Tensor) => sum(scaledDotProductAttention(x, x, x)))(made([1, length, 1], 1));
      return most;
    });
  backend.scratch = function (this: WasmEngine, bytes) {
    most = Math.max(most, bytes);
    return scratch.call(this, bytes);
  };
  // With so many threads its work is divided within a head.
  Object.defineProperty(backend, 'threads', { value: 8, configurable: true });
  try {
    const [half, whole] = [held(2048), held(4096)];
    expect(half).toBeGreaterThan(4 * 2048);
    expect(whole).toBeLessThan(2.1 * half);
  } finally {
    backend.scratch = scratch;
    Reflect.deleteProperty(backend, 'threads');
  }
});
