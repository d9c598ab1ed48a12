import { type Backend, BackendError, ValueError } from '@espalier/core';
import { engine, ready, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { readWasm } from './engine/readWasm.js';
import { probeWebAssembly, supportsRelaxedSimd } from './engine/support.js';
import { WasmEngine } from './engine/WasmEngine.js';
import { registerKernels } from './kernels/registerKernels.js';
import { TFJS_VERSION } from './version.js';
import type { WasmOptions } from './WasmOptions.js';

const NAME = 'wasm';
/** Set on our engine, so that a second copy of this package knows it. */
const MARK = Symbol.for('espalier.wasmEngine');

/**
 * The WASM engine: trains and runs networks on the processor with SIMD, nothing native to install. It registers itself with
 * tfjs-core as `wasm` when it is activated.
 *
 * `threads` is an upper bound; this version computes with one thread, and says so in what `activate` answers.
 *
 * @throws ValueError if `threads` is not a whole number from 1 on.
 * @throws BackendError from `activate` if WebAssembly SIMD is missing, if the `.wasm` file is not found, or if tfjs's own
 *   WASM backend is already running.
 *
 * @example
 * ```ts
 * import { wasm } from '@espalier/backend-wasm';
 * import { matMul, tensor2d } from '@tensorflow/tfjs-core';
 *
 * const info = await wasm({ threads: 2 }).activate();
 * const product = matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]]));
 * if (product.dataSync()[0] !== 11 || info.threads < 1) throw new Error('wrong');
 * ```
 */
export function wasm(options: WasmOptions = {}): Backend {
  const { threads = 1, wasmPath } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ValueError({
      where: 'wasm({ threads })',
      problem: 'threads is the most threads that may compute',
      expected: 'a whole number from 1 on',
      got: String(threads),
    });
  }
  return {
    name: NAME,
    probe: async () => probeWebAssembly(),
    async activate() {
      await start(wasmPath);
      if (!(await setBackend(NAME))) {
        throw new BackendError({ where: NAME, problem: 'tfjs-core could not start the WASM backend' });
      }
      await ready();
      return {
        name: NAME,
        device: 'CPU (WebAssembly SIMD)',
        threads: 1,
        simd: supportsRelaxedSimd() ? 'relaxed' : 'simd128',
        version: TFJS_VERSION,
      };
    },
  };
}

/** Starts the engine and registers it, unless it runs already. */
async function start(wasmPath: WasmOptions['wasmPath']): Promise<void> {
  if (isRunning()) return;
  const support = probeWebAssembly();
  if (!support.available) throw new BackendError({ where: NAME, problem: support.reason, mend: support.mend });
  const own = supportsRelaxedSimd() ? 'espalier-relaxed.wasm' : 'espalier-simd.wasm';
  const files = [readWasm('tfjs-backend-wasm-simd.wasm', wasmPath), readWasm(own, wasmPath)] as const;
  const created = Object.assign(await WasmEngine.create(...(await Promise.all(files))), { [MARK]: true });
  // Another call may have come first while the file was read.
  if (isRunning()) return created.dispose();
  // Only a registration is replaced here, of tfjs's own backend that was imported and not started.
  if (engine().registryFactory[NAME] !== undefined) removeBackend(NAME);
  registerKernels();
  registerBackend(NAME, () => created, 2);
}

/** Whether our engine is the one that runs as `wasm`; throws if it is somebody else's, whose tensors would be lost. */
function isRunning(): boolean {
  const running: unknown = engine().registry[NAME];
  if (running === undefined) return false;
  if ((running as { [MARK]?: boolean })[MARK] === true) return true;
  throw new BackendError({
    where: NAME,
    problem: "tfjs's own WASM backend is already running, and a second engine cannot take its tensors over",
    mend: "do not import @tensorflow/tfjs-backend-wasm, or call removeBackend('wasm') of tfjs-core first",
  });
}
