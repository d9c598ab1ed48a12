import { engine, image, type NamedTensorMap, type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { useWasm } from './both.js';

beforeAll(useWasm);

const boxes = () =>
  tensor2d(
    Array.from({ length: 64 }, (_, i) => [i % 8, Math.floor(i / 8), (i % 8) + 1.5, Math.floor(i / 8) + 1.5]),
    [64, 4],
  );
const scores = () => tensor1d(Array.from({ length: 64 }, (_, i) => ((i * 37) % 64) / 64));
const values = (outputs: Tensor | NamedTensorMap): number[][] =>
  Object.values('dataId' in outputs ? { outputs: outputs as Tensor } : outputs).map((t) => [...t.dataSync()]);

/** Kernels of tfjs that answer with addresses, which are beyond 31 bits there. */
const operations: [string, () => Tensor | NamedTensorMap][] = [
  ['nonMaxSuppression', () => image.nonMaxSuppression(boxes(), scores(), 10, 0.2)],
  ['nonMaxSuppressionPadded', () => image.nonMaxSuppressionPadded(boxes(), scores(), 10, 0.2, 0.1, true)],
  ['nonMaxSuppressionWithScore', () => image.nonMaxSuppressionWithScore(boxes(), scores(), 10, 0.2, 0.1, 0.5)],
];

test('what is computed beyond 2 GiB of the heap is what is computed below', () => {
  const below = operations.map(([, run]) => values(run()));
  const { blocks } = engine().backend as unknown as WasmEngine;
  const block = blocks.take(2 ** 31 + 2 ** 26, 'half of the heap');
  for (const [i, [name, run]] of operations.entries()) {
    expect(values(run()), name).toEqual(below[i]);
    expect(below[i]![0]!.length, name).toBe(10);
  }
  blocks.give(block);
});
