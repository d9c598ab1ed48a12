import { BackendError } from '@espalier/core';
import type { BlockPool } from './BlockPool.js';
import { CompiledAllocations } from './CompiledAllocations.js';
import { EngineMemory, type MemoryUser } from './EngineMemory.js';
import { Heap, MOST_BYTES, MOST_PAGES } from './Heap.js';
import { initialPages, shareMemory } from './shareMemory.js';

type Wrapped = (...args: unknown[]) => number;
type Exported = (...args: number[]) => number;

interface Start {
  readonly user: MemoryUser;
  /** Whether the heap may be used by other threads too. */
  readonly shared: boolean;
  /** Whether every block has canaries around it. */
  readonly guarded: boolean;
}

/**
 * tfjs's compiled kernels (C++ and XNNPACK) and their heap, with the members that the JavaScript half of those kernels
 * calls: `cwrap`, `HEAPU8`, `_malloc`, `_free` and `tfjs`. It stands in for the host code that Emscripten generates,
 * which would bring process-wide listeners and `require` along, and for the allocator, see scripts/hostAllocator.mjs.
 */
export class TfjsModule {
  /** Where tensors lie, and all that compiled kernels allocate. */
  readonly store: EngineMemory;
  readonly tfjs: {
    readonly registerTensor: (id: number, size: number, offset: number) => void;
    readonly disposeData: (id: number) => void;
    readonly dispose: () => void;
  };
  readonly #exports: Record<string, Exported>;
  /** The stack pointer while no kernel runs. */
  readonly #stack: number;
  readonly #calls: CompiledAllocations;

  private constructor(exports: WebAssembly.Exports, store: EngineMemory, calls: CompiledAllocations) {
    this.#exports = exports as unknown as Record<string, Exported>;
    this.store = store;
    this.#calls = calls;
    this.#stack = this.#exports.stackSave!();
    // Of three parameters at most: gathering any number of them would cost more than the call.
    const call = (name: string) => {
      const compiled = this.#function(name);
      return (a = 0, b = 0, c = 0) => {
        calls.begin();
        try {
          compiled(a, b, c);
        } catch (error) {
          throw this.#ended(error);
        }
      };
    };
    call('__wasm_call_ctors')();
    call('init_with_threads_count')(1);
    this.tfjs = {
      registerTensor: call('register_tensor'),
      disposeData: call('dispose_data'),
      dispose: call('dispose'),
    };
  }

  /** Compiles and starts the module. */
  static async create(bytes: Uint8Array<ArrayBuffer>, { user, shared, guarded }: Start): Promise<TfjsModule> {
    // Memory of the module's own is known after instantiation, before the first call into it.
    let memory!: WebAssembly.Memory;
    const pages = { initial: initialPages(bytes), maximum: MOST_PAGES };
    if (shared) memory = new WebAssembly.Memory({ ...pages, shared });
    const calls = new CompiledAllocations();
    const env = {
      memory,
      abort: () => {
        throw new BackendError({
          where: user.kernel,
          problem: 'a compiled kernel gave up, most often because a size was beyond what it can count',
          mend: 'use a smaller batch',
        });
      },
      emscripten_memcpy_big: (to: number, from: number, size: number) => {
        new Uint8Array(memory.buffer).copyWithin(to >>> 0, from >>> 0, (from >>> 0) + (size >>> 0));
      },
      emscripten_get_heap_max: () => MOST_BYTES,
      allocate: (alignment: number, size: number) => calls.allocate(alignment, size >>> 0),
      release: (offset: number) => calls.release(offset >>> 0),
      reallocate: (_: number, offset: number, size: number) => calls.reallocate(offset >>> 0, size >>> 0),
    };
    // The engine prints only before it aborts, which the error above says better.
    const refuse = () => 52;
    const { instance } = await WebAssembly.instantiate(shared ? shareMemory(bytes, pages) : bytes, {
      env,
      wasi_snapshot_preview1: { fd_close: refuse, fd_seek: refuse, fd_write: refuse },
    });
    memory ??= instance.exports.memory as WebAssembly.Memory;
    // The stack grows down from where the heap begins.
    const first = (instance.exports.stackSave as Exported)() >>> 0;
    const store = new EngineMemory(new Heap(memory, first), guarded, user);
    calls.store = store;
    return new TfjsModule(instance.exports, store, calls);
  }

  get memory(): WebAssembly.Memory {
    return this.store.heap.memory;
  }

  /** Where tensors lie. */
  get blocks(): BlockPool {
    return this.store.blocks;
  }

  /** The heap. Ask again after anything that may allocate: growing memory leaves the old view detached or too short. */
  get HEAPU8(): Uint8Array<ArrayBuffer> {
    return this.store.heap.bytes;
  }

  /** @throws BackendError where there is no memory. */
  _malloc(bytes: number): number {
    return this.store.allocate(bytes, 'what was asked for');
  }

  _free(offset: number): void {
    if (offset !== 0) this.blocks.give(offset >>> 0);
  }

  /** A function of the engine; arguments declared `array` are copied to its stack and passed by address. */
  cwrap(name: string, returns: string | null, argumentTypes: readonly string[] = []): Wrapped {
    const compiled = this.#function(name);
    const hasArrays = argumentTypes.includes('array');
    // What compiled kernels return is an address.
    const unsigned = returns === 'number';
    return (...args) => {
      this.#calls.begin();
      try {
        const result = compiled(...((hasArrays ? args.map((value) => this.#passed(value)) : args) as number[]));
        if (hasArrays) this.#exports.stackRestore!(this.#stack);
        return unsigned ? result >>> 0 : result;
      } catch (error) {
        throw this.#ended(error);
      }
    };
  }

  /** Puts right what a call leaves behind that does not return: its stack, and what it had allocated. */
  #ended(error: unknown): unknown {
    this.#exports.stackRestore!(this.#stack);
    this.#calls.abandon();
    return error;
  }

  /** An array is passed by its address on the stack. */
  #passed(value: unknown): number {
    return value instanceof Uint8Array ? this.#push(value) : (value as number);
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
