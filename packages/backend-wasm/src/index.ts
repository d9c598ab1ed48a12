export type { WasmOptions } from './WasmOptions.js';
export { wasm } from './wasm.js';
