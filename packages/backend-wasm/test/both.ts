import { cpu } from '@espalier/backend-cpu';
import { engine, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { afterAll, expect } from 'vitest';
import { MOST_BYTES } from '../src/engine/Heap.js';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { wasm } from '../src/index.js';

/**
 * Whether this is the second run of these tests, see vitest.config.ts: every block of memory has canaries around it, and the
 * plain build computes, where the first run takes the relaxed one if Node has it.
 */
export const guarded = process.env.ESPALIER_GUARDED === '1';

/** The plain build in the place of the relaxed one. */
const plain = (file: string) => new URL(`../src/generated/${file.replace('relaxed', 'simd')}`, import.meta.url);

/** Starts the engine under test; the CPU backend is there to compare with. */
export async function useWasm(): Promise<void> {
  await cpu().activate();
  await wasm({ guarded, ...(guarded && { wasmPath: plain }) }).activate();
  if (process.env.ESPALIER_HIGH === '1') fillBelow();
}

/** Takes all but the last bytes of the largest heap, and leaves them as they are: what follows lies at its end. */
function fillBelow(): void {
  const { blocks } = engine().backend as unknown as WasmEngine;
  for (let left = MOST_BYTES - 96 * 2 ** 20; left > 0; left -= 2 ** 30) {
    blocks.take(Math.min(left, 2 ** 30 + 64), 'all that is below');
  }
}

if (guarded) afterAll(() => (engine().registry.wasm as unknown as WasmEngine | undefined)?.blocks.verify());

/** The values of what `compute` gives on one backend. It must make its own tensors. */
export async function on(
  backend: 'wasm' | 'cpu',
  compute: () => Tensor,
): Promise<{ shape: number[]; values: number[] }> {
  await setBackend(backend);
  const result = tidy(compute);
  const values = Array.from(result.dataSync());
  result.dispose();
  await setBackend('wasm');
  return { shape: result.shape, values };
}

/** Both backends agree, each element to `tolerance` of the larger of 1 and its size; NaN and infinities exactly. */
export async function expectSame(compute: () => Tensor, tolerance = 1e-5): Promise<void> {
  const ours = await on('wasm', compute);
  const reference = await on('cpu', compute);
  expect(ours.shape).toEqual(reference.shape);
  expectClose(ours.values, reference.values, tolerance);
}

export function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) {
      throw new Error(`element ${i}: got ${a}, expected ${b}`);
    }
  }
}

/** Numbers in [low, high) that depend on the seed alone. */
export function numbers(count: number, seed: number, low = -1, high = 1): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + (state / 2 ** 32) * (high - low);
  });
}
