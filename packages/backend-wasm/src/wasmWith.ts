import { type Backend, BackendError, zeroGradients } from '@espalier/core';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { checkFamilies, checkWasmOptions, wasmWithOptions } from './checkWasmOptions.js';
import { physicalCores } from './engine/cores.js';
import { probeWebAssembly, supportsRelaxedSimd } from './engine/support.js';
import type { KernelFamily } from './kernels/registerKernels.js';
import { NAME, startEngine } from './startEngine.js';
import { TFJS_VERSION } from './version.js';
import type { WasmOptions } from './WasmOptions.js';

/** {@link WasmOptions}, and the kernels to register. */
export interface WasmWithOptions extends WasmOptions {
  /**
   * The families whose kernels are registered, besides those of an earlier call; what needs another kernel throws.
   */
  readonly families: readonly KernelFamily[];
}

/**
 * The WASM engine with chosen kernels only, for applications that count the bytes they send: `wasm` registers every
 * family, and a bundler cannot know which of them are never run.
 *
 * @throws ValueError for an option that is not known, of another type or out of range; BackendError as `wasm` does.
 *
 * @example
 * ```ts
 * import { elementwiseKernels, matmulKernels, wasmWith } from '@espalier/backend-wasm';
 * import { activateBackend } from '@espalier/core';
 * import { matMul, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(wasmWith({ families: [matmulKernels, elementwiseKernels] }));
 * const product = matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]]));
 * if (product.dataSync()[0] !== 11) throw new Error('wrong');
 * ```
 */
export function wasmWith(options: WasmWithOptions): Backend {
  const checked = checkWasmOptions(options, wasmWithOptions);
  checkFamilies(checked.families);
  return backendOf(checked);
}

/** The backend for options that have been checked. */
export function backendOf(options: WasmWithOptions): Backend {
  const { threads = physicalCores() } = options;
  return {
    name: NAME,
    gradients: () =>
      [zeroGradients, ...options.families.flatMap(({ gradients = [] }) => gradients)].flatMap((some) => some()),
    probe: async () => probeWebAssembly(),
    async activate() {
      const { threads: running, note } = await startEngine(options, threads);
      if (!(await setBackend(NAME))) {
        throw new BackendError({ where: NAME, problem: 'tfjs-core could not start the WASM backend' });
      }
      await ready();
      return {
        name: NAME,
        device: 'CPU (WebAssembly SIMD)',
        threads: running,
        simd: supportsRelaxedSimd() ? 'relaxed' : 'simd128',
        version: TFJS_VERSION,
        ...(note !== undefined && { note }),
      };
    },
  };
}
