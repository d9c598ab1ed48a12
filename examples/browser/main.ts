/// <reference types="vite/client" />
import { wasm } from '@espalier/backend-wasm';
import relaxed from '@espalier/backend-wasm/espalier-relaxed.wasm?url';
import simd from '@espalier/backend-wasm/espalier-simd.wasm?url';
import tfjs from '@espalier/backend-wasm/tfjs-backend-wasm-simd.wasm?url';
import { activateBackend } from '@espalier/core';
import { trainSteps } from './trainSteps.js';

declare global {
  interface Window {
    /** What the test reads. */
    outcome?: { info?: unknown; result?: unknown; error?: string };
  }
}

const engine = document.querySelector('#engine')!;
const losses = document.querySelector('#losses')!;
/** Where vite serves the engine's files: it names them after their contents. */
const urls: Record<string, string> = {
  'espalier-relaxed.wasm': relaxed,
  'espalier-simd.wasm': simd,
  'tfjs-backend-wasm-simd.wasm': tfjs,
};
try {
  const info = await activateBackend(wasm({ threads: 2, wasmPath: (file) => urls[file]! }));
  const threads = info.threads === 1 ? 'one thread' : `${info.threads} threads`;
  engine.textContent = `${info.device}, ${threads}, SIMD ${info.simd}${info.note ? ` (${info.note})` : ''}`;
  const result = await trainSteps((loss) => {
    losses.append(Object.assign(document.createElement('li'), { textContent: `loss ${loss.toFixed(4)}` }));
  });
  window.outcome = { info, result };
} catch (error) {
  engine.textContent = String(error);
  window.outcome = { error: String(error) };
}
