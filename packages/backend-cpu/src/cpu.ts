import { allGradients, type Backend, BackendError, type BackendInfo, checkOptions, optionTable } from '@espalier/core';
import { engine, ready, setBackend } from '@tensorflow/tfjs-core';
import { elements } from './kernels/elements.js';
import { override } from './kernels/override.js';
import { reductions } from './kernels/reductions.js';

/** Options of {@link cpu}: there are none. */
export type CpuOptions = Readonly<Record<string, never>>;

const cpuOptions = /* @__PURE__ */ optionTable<CpuOptions>(
  'cpu',
  {},
  { later: { threads: 'one computes; wasm() of @espalier/backend-wasm has several' } },
);

/**
 * The plain JavaScript engine: tfjs's CPU backend, one thread, no SIMD. It runs wherever JavaScript does and is slow:
 * use it where WebAssembly is not allowed, or as a second opinion on another backend's numbers. Kernels that tfjs has wrong at
 * their edges (NaN, nothing, large integers) are replaced.
 *
 * @throws ValueError for any option: it has none.
 * @throws BackendError from `activate` if tfjs-core refuses the backend.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { getBackend } from '@tensorflow/tfjs-core';
 *
 * const info = await cpu().activate();
 * if (info.name !== 'cpu' || getBackend() !== 'cpu') throw new Error('not activated');
 * ```
 */
export function cpu(options: CpuOptions = {}): Backend {
  checkOptions(options, cpuOptions);
  return {
    name: 'cpu',
    gradients: allGradients,
    probe: async () => ({ available: true }),
    async activate(): Promise<BackendInfo> {
      // tfjs's package registers itself on import, so it is imported only when somebody asks for it.
      const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
      override({ ...elements, ...reductions });
      if (!(await setBackend('cpu'))) {
        throw new BackendError({
          where: 'cpu',
          problem: 'tfjs-core could not start its CPU backend',
          mend: 'check that one copy of @tensorflow/tfjs-core is installed: npm ls @tensorflow/tfjs-core',
        });
      }
      await ready();
      // At its first tensor in Node it would recommend tfjs's own native backend, over a dozen lines.
      (engine().backend as unknown as { firstUse: boolean }).firstUse = false;
      return { name: 'cpu', device: 'CPU (plain JavaScript)', threads: 1, simd: 'none', version: version_cpu };
    },
  };
}
