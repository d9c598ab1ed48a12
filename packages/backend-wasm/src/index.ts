/**
 * The WASM engine of Espalier: trains networks with SIMD kernels, nothing native to install.
 *
 * @module backend-wasm
 */
export {
  attentionKernels,
  complexKernels,
  convolutionKernels,
  elementwiseKernels,
  imageKernels,
  indexingKernels,
  lossKernels,
  matmulKernels,
  normalizationKernels,
  poolingKernels,
  recurrentKernels,
  reductionKernels,
  shapingKernels,
  sparseKernels,
  trainingKernels,
} from './families.js';
export type { KernelFamily } from './kernels/registerKernels.js';
export type { WasmOptions } from './WasmOptions.js';
export { wasm } from './wasm.js';
export { type WasmWithOptions, wasmWith } from './wasmWith.js';
