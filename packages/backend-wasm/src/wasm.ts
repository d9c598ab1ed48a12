import type { Backend } from '@espalier/core';
import { checkWasmOptions, wasmOptions } from './checkWasmOptions.js';
import { ALL_FAMILIES } from './families.js';
import type { WasmOptions } from './WasmOptions.js';
import { backendOf } from './wasmWith.js';

/**
 * The WASM engine: trains and runs networks on the processor with SIMD, nothing native to install. It registers itself with
 * tfjs-core as `wasm` when it is activated.
 *
 * Threads share the work of a kernel; results are the same, bit for bit, however many there are. The engine is started by
 * the first activation, which decides the number of threads; a second one answers with what runs. A process ends by
 * itself although threads wait.
 *
 * @throws ValueError for an option that is not known, of another type or out of range.
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
  return backendOf({ ...checkWasmOptions(options, wasmOptions), families: ALL_FAMILIES });
}
