import { type Backend, BackendError, ValueError } from '@espalier/core';
import { engine, ready, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { physicalCores } from './engine/cores.js';
import { readWasm } from './engine/readWasm.js';
import { canShareMemory, probeWebAssembly, supportsRelaxedSimd } from './engine/support.js';
import { WasmEngine } from './engine/WasmEngine.js';
import { type KernelFamily, registerKernels } from './kernels/registerKernels.js';
import { TFJS_VERSION } from './version.js';
import type { WasmOptions } from './WasmOptions.js';

const NAME = 'wasm';
/** Set on our engine, so that a second copy of this package knows it: the families whose kernels are registered. */
const FAMILIES = Symbol.for('espalier.wasmEngine');
type Marked = WasmEngine & { [FAMILIES]: readonly KernelFamily[] };

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
 * @throws ValueError if `threads` is not a whole number from 1 on; BackendError as `wasm` does.
 *
 * @example
 * ```ts
 * import { elementwiseKernels, matmulKernels, wasmWith } from '@espalier/backend-wasm';
 * import { useBackend } from '@espalier/core';
 * import { matMul, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend(wasmWith({ families: [matmulKernels, elementwiseKernels] }));
 * const product = matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]]));
 * if (product.dataSync()[0] !== 11) throw new Error('wrong');
 * ```
 */
export function wasmWith(options: WasmWithOptions): Backend {
  const { threads = physicalCores() } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ValueError({
      where: 'wasm({ threads })',
      problem: 'threads is how many threads compute',
      expected: 'a whole number from 1 on',
      got: String(threads),
    });
  }
  return {
    name: NAME,
    probe: async () => probeWebAssembly(),
    async activate() {
      const running = await start({ ...options, threads });
      if (!(await setBackend(NAME))) {
        throw new BackendError({ where: NAME, problem: 'tfjs-core could not start the WASM backend' });
      }
      await ready();
      return {
        name: NAME,
        device: 'CPU (WebAssembly SIMD)',
        threads: running.threads,
        simd: supportsRelaxedSimd() ? 'relaxed' : 'simd128',
        version: TFJS_VERSION,
        ...(running.threads < threads && { note: noteOn(running.threads) }),
      };
    },
  };
}

/** Why fewer threads compute than were asked for. */
function noteOn(threads: number): string {
  if (canShareMemory()) return `the engine was started with threads: ${threads}, which holds until it is removed`;
  return 'one thread: this page is not cross-origin isolated, so memory cannot be shared (send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)';
}

/** Starts the engine and registers it, unless it runs already; kernels of families that it lacks are registered either way. */
async function start(options: WasmWithOptions & { readonly threads: number }): Promise<WasmEngine> {
  const { wasmPath, threads, guarded = false } = options;
  const before = running();
  if (before !== undefined) return withFamilies(before, options.families);
  const support = probeWebAssembly();
  if (!support.available) throw new BackendError({ where: NAME, problem: support.reason, mend: support.mend });
  const [tfjs, own] = await Promise.all([
    readWasm('tfjs-backend-wasm-simd.wasm', wasmPath),
    readWasm(supportsRelaxedSimd() ? 'espalier-relaxed.wasm' : 'espalier-simd.wasm', wasmPath),
  ]);
  const made = await WasmEngine.create({ tfjs, own, threads, shared: canShareMemory(), guarded });
  const created = Object.assign(made, { [FAMILIES]: options.families });
  // Another call may have come first while the files were read.
  const first = running();
  if (first !== undefined) {
    created.dispose();
    return withFamilies(first, options.families);
  }
  // Only a registration is replaced here, of tfjs's own backend that was imported and not started.
  if (engine().registryFactory[NAME] !== undefined) removeBackend(NAME);
  registerKernels(options.families);
  registerBackend(NAME, () => created, 2);
  return created;
}

/** The engine, with the kernels of these families too. */
function withFamilies(engine: Marked, families: readonly KernelFamily[]): Marked {
  const all = [...new Set([...engine[FAMILIES], ...families])];
  // All of them anew: a family may change the kernels of the others.
  if (all.length > engine[FAMILIES].length) registerKernels(all);
  engine[FAMILIES] = all;
  return engine;
}

/** Our engine where it is the one that runs as `wasm`; throws if it is somebody else's, whose tensors would be lost. */
function running(): Marked | undefined {
  const found: unknown = engine().registry[NAME];
  if (found === undefined) return undefined;
  if (FAMILIES in (found as object)) return found as Marked;
  throw new BackendError({
    where: NAME,
    problem: "tfjs's own WASM backend is already running, and a second engine cannot take its tensors over",
    mend: "do not import @tensorflow/tfjs-backend-wasm, or call removeBackend('wasm') of tfjs-core first",
  });
}
