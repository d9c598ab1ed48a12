import { BackendError } from '@espalier/core';
import { initialPages, shareMemory } from './shareMemory.js';

const PAGE = 65536;
/** Pages of the heap at most. */
export const MOST_PAGES = 65535;
/** 4 GiB less one page, the most that the heap may have: the last address must stay representable in 32 bits. */
export const MOST_BYTES = PAGE * MOST_PAGES;

type Wrapped = (...args: unknown[]) => number;
type Exported = (...args: number[]) => number;

/** Makes the heap at least `bytes` long, a fifth longer than now where it can be: growing copies, so it should be rare. */
function grow(memory: WebAssembly.Memory, bytes: number): boolean {
  const now = memory.buffer.byteLength;
  if (bytes > MOST_BYTES) return false;
  for (const wanted of [Math.max(bytes, Math.min(now * 1.2, now + 96 * 2 ** 20)), bytes]) {
    try {
      memory.grow(Math.ceil((Math.min(wanted, MOST_BYTES) - now) / PAGE));
      return true;
    } catch {
      // The host refused this size; the exact one is tried next.
    }
  }
  return false;
}

/**
 * tfjs's compiled kernels (C++ and XNNPACK) and their heap, with the members that the JavaScript half of those kernels
 * calls: `cwrap`, `HEAPU8`, `_malloc`, `_free` and `tfjs`. It stands in for the host code that Emscripten generates,
 * which would bring process-wide listeners and `require` along.
 */
export class TfjsModule {
  readonly memory: WebAssembly.Memory;
  readonly tfjs: {
    readonly registerTensor: (id: number, size: number, offset: number) => void;
    readonly disposeData: (id: number) => void;
    readonly dispose: () => void;
  };
  readonly #exports: Record<string, Exported>;
  #heap: Uint8Array<ArrayBuffer>;

  private constructor(exports: WebAssembly.Exports, memory: WebAssembly.Memory) {
    this.#exports = exports as unknown as Record<string, Exported>;
    this.memory = memory;
    this.#heap = new Uint8Array(this.memory.buffer as ArrayBuffer);
    const call = (name: string) => this.#function(name) as (...args: number[]) => void;
    call('__wasm_call_ctors')();
    call('init_with_threads_count')(1);
    this.tfjs = {
      registerTensor: call('register_tensor'),
      disposeData: call('dispose_data'),
      dispose: call('dispose') as () => void,
    };
  }

  /**
   * Compiles and starts the module; `operation` names what is running when the heap runs out. With `shared` the heap may
   * be used by other threads too.
   */
  static async create(bytes: Uint8Array<ArrayBuffer>, operation: () => string, shared: boolean): Promise<TfjsModule> {
    // A memory of the module's own is known after instantiation, before the first call into it.
    let memory!: WebAssembly.Memory;
    const pages = { initial: initialPages(bytes), maximum: MOST_PAGES };
    if (shared) memory = new WebAssembly.Memory({ ...pages, shared });
    const env = {
      memory,
      abort: () => {
        throw new BackendError({
          where: operation(),
          problem: 'the WebAssembly engine stopped, most often because its memory ran out',
          got: `a heap of ${memory.buffer.byteLength} bytes, of at most ${MOST_BYTES}`,
          mend: 'use a smaller batch, and dispose of tensors that are no longer needed (tidy)',
        });
      },
      emscripten_memcpy_big: (to: number, from: number, size: number) => {
        new Uint8Array(memory.buffer).copyWithin(to >>> 0, from >>> 0, (from >>> 0) + (size >>> 0));
      },
      emscripten_get_heap_max: () => MOST_BYTES,
      emscripten_resize_heap: (size: number) => (grow(memory, size >>> 0) ? 1 : 0),
    };
    // The engine prints only before it aborts, which the error above says better.
    const refuse = () => 52;
    const { instance } = await WebAssembly.instantiate(shared ? shareMemory(bytes, pages) : bytes, {
      env,
      wasi_snapshot_preview1: { fd_close: refuse, fd_seek: refuse, fd_write: refuse },
    });
    memory ??= instance.exports.memory as WebAssembly.Memory;
    return new TfjsModule(instance.exports, memory);
  }

  /** The heap. Ask again after anything that may allocate: growing memory leaves the old view detached or too short. */
  get HEAPU8(): Uint8Array<ArrayBuffer> {
    const { buffer } = this.memory;
    if (this.#heap.length !== buffer.byteLength) this.#heap = new Uint8Array(buffer as ArrayBuffer);
    return this.#heap;
  }

  _malloc(bytes: number): number {
    return this.#exports.malloc!(bytes);
  }

  _free(offset: number): void {
    this.#exports.free!(offset);
  }

  /** A function of the engine; arguments declared `array` are copied to its stack and passed by address. */
  cwrap(name: string, returns: string | null, argumentTypes: readonly string[] = []): Wrapped {
    const compiled = this.#function(name);
    // What compiled kernels return is an address.
    const run: Exported = returns === 'number' ? (...args) => compiled(...args) >>> 0 : compiled;
    if (!argumentTypes.includes('array')) return run as Wrapped;
    return (...args) => {
      const stack = this.#exports.stackSave!();
      try {
        return run(...args.map((value) => (value instanceof Uint8Array ? this.#push(value) : (value as number))));
      } finally {
        this.#exports.stackRestore!(stack);
      }
    };
  }

  #function(name: string): Exported {
    const found = this.#exports[name];
    if (found === undefined) throw new BackendError({ where: 'wasm', problem: `the engine has no function ${name}` });
    return found;
  }

  #push(bytes: Uint8Array): number {
    const offset = this.#exports.stackAlloc!(bytes.length) >>> 0;
    this.HEAPU8.set(bytes, offset);
    return offset;
  }
}
