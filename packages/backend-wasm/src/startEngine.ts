import { BackendError, isEspalierError } from '@espalier/core';
import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { readWasm } from './engine/readWasm.js';
import { canShareMemory, probeWebAssembly, supportsRelaxedSimd } from './engine/support.js';
import { WasmEngine } from './engine/WasmEngine.js';
import { type KernelFamily, registerKernels } from './kernels/registerKernels.js';
import type { WasmWithOptions } from './wasmWith.js';

/** What tfjs-core calls the backend. */
export const NAME = 'wasm';

/** What is known of a running engine beside what it knows itself. */
interface Running {
  /** The families whose kernels are registered. */
  families: readonly KernelFamily[];
  /** Why it computes with one thread, where threads were wanted. */
  alone?: string;
}

/** Where it stands on our engine, so that a second copy of this package knows it. */
const RUNNING = Symbol.for('espalier.wasmEngine');
type Marked = WasmEngine & { [RUNNING]: Running };

/** How many threads compute, and why they are not as many as asked for. */
export interface Started {
  readonly threads: number;
  readonly note: string | undefined;
}

/**
 * Starts the engine and registers it, unless it runs already; kernels of families that it lacks are registered either way.
 * One that has lost a thread goes on with one.
 *
 * @param threads How many threads are wanted, asked for or not.
 */
export async function startEngine(options: WasmWithOptions, threads: number): Promise<Started> {
  const found = running();
  if (found?.broken) {
    await found.endThreads();
    found[RUNNING].alone = 'one thread: another was lost';
  }
  const marked = found ?? (await start(options, threads));
  addFamilies(marked[RUNNING], options.families);
  return { threads: marked.threads, note: noteOn(marked, threads) };
}

async function start(options: WasmWithOptions, threads: number): Promise<Marked> {
  const support = probeWebAssembly();
  if (!support.available) throw new BackendError({ where: NAME, problem: support.reason, mend: support.mend });
  const created = await create(options, threads);
  // Another call may have come first while the files were read.
  const first = running();
  if (first !== undefined) {
    created.dispose();
    return first;
  }
  // Only a registration is replaced here, of tfjs's own backend that was imported and not started.
  if (engine().registryFactory[NAME] !== undefined) removeBackend(NAME);
  registerBackend(NAME, () => created, 2);
  return created;
}

async function create({ wasmPath, guarded = false, ...asked }: WasmWithOptions, threads: number): Promise<Marked> {
  const [tfjs, own] = await Promise.all([
    readWasm('tfjs-backend-wasm-simd.wasm', wasmPath),
    readWasm(supportsRelaxedSimd() ? 'espalier-relaxed.wasm' : 'espalier-simd.wasm', wasmPath),
  ]);
  const parts = { tfjs, own, shared: canShareMemory(), guarded };
  const mark = (made: WasmEngine, state: Running): Marked => Object.assign(made, { [RUNNING]: state });
  try {
    return mark(await WasmEngine.create({ ...parts, threads }), { families: [] });
  } catch (error) {
    if (!isEspalierError(error)) throw notStarted(error);
    // Nobody asked for threads, so it is no error to have none.
    if (threads === 1 || asked.threads !== undefined) throw error;
    const [why] = error.message.split('\n');
    const alone = `one thread, since no other can be started (${why}); a page allows them by the header Content-Security-Policy: worker-src blob:`;
    return mark(await WasmEngine.create({ ...parts, threads: 1 }), { families: [], alone });
  }
}

function notStarted(cause: unknown): BackendError {
  return new BackendError({
    where: NAME,
    problem: 'the WebAssembly engine could not be started',
    got: String(cause),
    mend: "a page's Content-Security-Policy must allow script-src 'wasm-unsafe-eval'; a process needs addresses for a heap of up to 4 GiB (ulimit -v)",
    cause,
  });
}

function addFamilies(state: Running, families: readonly KernelFamily[]): void {
  const all = [...new Set([...state.families, ...families])];
  // All of them anew: a family may change the kernels of the others.
  if (all.length > state.families.length) registerKernels(all);
  state.families = all;
}

function noteOn({ threads, [RUNNING]: { alone } }: Marked, asked: number): string | undefined {
  if (threads === asked) return undefined;
  if (threads === 1 && alone !== undefined) return alone;
  if (canShareMemory())
    return `the engine was started with threads: ${threads}, which holds until removeBackend('wasm')`;
  if (typeof document === 'undefined') return 'one thread: there is no SharedArrayBuffer here';
  return 'one thread: this page is not cross-origin isolated, so memory cannot be shared (send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)';
}

/** Our engine where it is the one that runs as `wasm`; throws if it is somebody else's, whose tensors would be lost. */
function running(): Marked | undefined {
  const found: unknown = engine().registry[NAME];
  if (found === undefined) return undefined;
  if (RUNNING in (found as object)) return found as Marked;
  throw new BackendError({
    where: NAME,
    problem: "tfjs's own WASM backend is already running, and a second engine cannot take its tensors over",
    mend: "do not import @tensorflow/tfjs-backend-wasm, or call removeBackend('wasm') of tfjs-core first",
  });
}
