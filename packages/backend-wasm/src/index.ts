/**
 * The WASM engine of Espalier: trains networks with SIMD kernels, nothing native to install.
 *
 * @module backend-wasm
 */
export type { WasmOptions } from './WasmOptions.js';
export { wasm } from './wasm.js';
