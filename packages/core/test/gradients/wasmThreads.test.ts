import { wasm } from '@espalier/backend-wasm';
import { describe, it } from 'vitest';
import { describeGradients } from './describeGradients.js';

// A process has one engine: this file has its own.
const backend = wasm({ threads: 2 });
const { threads } = await backend.activate();

if (threads === 2) describeGradients(backend, 'wasmThreads');
else {
  describe('gradients on wasm with two threads', () => {
    it(`the engine computes with ${threads} thread here`, ({ skip }) => skip('it was asked for two'));
  });
}
