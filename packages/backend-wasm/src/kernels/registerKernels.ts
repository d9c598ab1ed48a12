import type { Gradient } from '@espalier/core';
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { typedFailure } from '../engine/typedFailure.js';
import type { WasmEngine } from '../engine/WasmEngine.js';

/** Kernels that belong together, and what they do to those of other families. */
export interface KernelFamily {
  /** What is registered with tfjs-core. */
  readonly kernels: readonly KernelConfig[];
  /** How they are differentiated. */
  readonly gradients?: readonly (() => readonly Gradient[])[];
  /** What a kernel of any family becomes where this family is registered too. */
  readonly around?: (config: KernelConfig) => KernelConfig;
}

/** The kernel, telling the engine its name first, so that an error about memory can say what ran, and where it fails. */
function announced(config: KernelConfig): KernelConfig {
  return {
    ...config,
    kernelFunc: (call) => {
      const engine = call.backend as WasmEngine;
      const outer = engine.kernel;
      const mark = engine.enter(config.kernelName);
      try {
        return config.kernelFunc(call);
      } catch (error) {
        engine.abandon(mark);
        throw typedFailure(config.kernelName, error);
      } finally {
        engine.leave(outer);
      }
    },
  };
}

/** Registers the kernels of some families, in the place of any that are there already. */
export function registerKernels(families: readonly KernelFamily[]): void {
  const wrappers = families.flatMap(({ around }) => around ?? []);
  for (const config of families.flatMap(({ kernels }) => kernels)) {
    if (getKernel(config.kernelName, 'wasm')) unregisterKernel(config.kernelName, 'wasm');
    registerKernel(announced(wrappers.reduce((wrapped, around) => around(wrapped), config)));
  }
}
