import { wasm } from '@espalier/backend-wasm';
import { backend as running } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { describeGradients } from './describeGradients.js';

interface Splitting {
  split(kernel: string, args: readonly number[], count: number, grain: number, scratchBytes?: number): void;
}

// A process has one engine: this file has its own.
const backend = wasm({ threads: 2 });
const { threads } = await backend.activate();

if (threads === 2) {
  // Tensors as small as these are not worth a second thread: here they are divided all the same.
  const engine = running() as unknown as Splitting;
  const split = engine.split.bind(engine);
  const divided = new Set<string>();
  engine.split = (kernel, args, count, _grain, scratchBytes) => {
    if (count > 1) divided.add(kernel);
    split(kernel, args, count, 1, scratchBytes);
  };
  describeGradients(backend, 'wasmThreads');

  it('divided the work of kernels', () => {
    expect([...divided]).toEqual(expect.arrayContaining(['directConv', 'fft', 'gemmRange', 'moveRuns', 'softmax']));
  });
} else {
  describe('gradients on wasm with two threads', () => {
    it(`the engine computes with ${threads} thread here`, ({ skip }) => skip('it was asked for two'));
  });
}
