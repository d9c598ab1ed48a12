import type { AttentionExports } from './exports/AttentionExports.js';
import type { ConvolutionExports } from './exports/ConvolutionExports.js';
import type { ElementExports } from './exports/ElementExports.js';
import type { MovingExports } from './exports/MovingExports.js';
import type { NormalizationExports } from './exports/NormalizationExports.js';
import type { PoolingExports } from './exports/PoolingExports.js';
import type { ProductExports } from './exports/ProductExports.js';
import type { RecurrentExports } from './exports/RecurrentExports.js';
import type { TrainingExports } from './exports/TrainingExports.js';

/**
 * The compiled kernels of `assembly/`, one member an export. Addresses are byte offsets in the engine's heap, sizes counts
 * of elements; `geometry` is the address of sizes written by `putGeometry`. Those whose last parameters are `first`, `last`
 * and `scratch` do a range of their items, for `WasmEngine.split`.
 */
export interface SimdKernels
  extends AttentionExports,
    ConvolutionExports,
    ElementExports,
    MovingExports,
    NormalizationExports,
    PoolingExports,
    ProductExports,
    RecurrentExports,
    TrainingExports {}

/** Starts our kernels on the memory of tfjs's engine. */
export async function instantiateSimd(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<SimdKernels> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return instance.exports as unknown as SimdKernels;
}
