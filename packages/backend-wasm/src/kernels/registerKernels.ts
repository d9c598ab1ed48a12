import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../engine/WasmEngine.js';
import { attention } from './attention/index.js';
import { complexNumbers } from './complex/index.js';
import { withComplex } from './complex/withComplex.js';
import { convolution } from './convolution/index.js';
import { elementwise } from './elementwise/index.js';
import { image } from './image/index.js';
import { indexing } from './indexing/index.js';
import { losses } from './losses/index.js';
import { matmul } from './matmul/index.js';
import { normalization } from './normalization/index.js';
import { pooling } from './pooling/index.js';
import { recurrent } from './recurrent/index.js';
import { reductions } from './reductions/index.js';
import { shaping } from './shaping/index.js';
import { sparse } from './sparse/index.js';
import { training } from './training/index.js';

/** Every kernel of the WASM backend, family by family. A new kernel goes into the list of its family. */
export const KERNELS: readonly KernelConfig[] = [
  ...elementwise,
  ...reductions,
  ...recurrent,
  ...matmul,
  ...convolution,
  ...pooling,
  ...normalization,
  ...losses,
  ...attention,
  ...indexing,
  ...shaping,
  ...image,
  ...sparse,
  ...training,
  ...complexNumbers,
];

/** The kernel, telling the engine its name first, so that an error about memory can say what ran. */
function announced(config: KernelConfig): KernelConfig {
  return {
    ...config,
    kernelFunc: (call) => {
      (call.backend as WasmEngine).enter(config.kernelName);
      return config.kernelFunc(call);
    },
  };
}

/** Registers all kernels, in the place of any that are there already. */
export function registerKernels(): void {
  for (const config of KERNELS) {
    if (getKernel(config.kernelName, 'wasm')) unregisterKernel(config.kernelName, 'wasm');
    registerKernel(announced(withComplex(config)));
  }
}
