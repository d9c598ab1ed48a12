import { wasm } from '@espalier/backend-wasm';
import wasmPath from '@espalier/backend-wasm/tfjs-backend-wasm-simd.wasm?url';
import { useBackend } from '@espalier/core';
import { trainSteps } from '../trainSteps.js';

declare global {
  interface Window {
    outcome?: { info?: unknown; result?: unknown; error?: string };
  }
}

try {
  const info = await useBackend(wasm({ wasmPath }));
  window.outcome = { info, result: await trainSteps() };
} catch (error) {
  window.outcome = { error: String(error) };
}
