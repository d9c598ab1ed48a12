import { BackendError } from '@espalier/core';
import { type BackendValues, type DataId, type DataType, KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import { mergeRealAndImagArrays, sizeFromShape, splitRealAndImagArrays } from '../generated/tfjsUtilities.js';
import type { BlockPool, Description } from './BlockPool.js';
import { describeTensors } from './describeTensors.js';
import type { MemoryUser } from './EngineMemory.js';
import { elementsOf } from './elementsOf.js';
import { MOST_PAGES } from './Heap.js';
import { Scratch } from './Scratch.js';
import { instantiateSimd, type SimdKernels } from './SimdKernels.js';
import { shareMemory } from './shareMemory.js';
import { type ComplexParts, TensorRecord, type ValuesElsewhere } from './TensorRecord.js';
import { TensorRecords } from './TensorRecords.js';
import { TfjsModule } from './TfjsModule.js';
import { ThreadPool } from './ThreadPool.js';
import { CONTROL_BYTES } from './threadSource.js';
import { typedFailure } from './typedFailure.js';
import { bytesOf, type NumericArray, viewOf } from './views.js';

/** What {@link WasmEngine.create} starts from. */
interface EngineParts {
  /** tfjs's module. */
  readonly tfjs: Uint8Array<ArrayBuffer>;
  /** Ours, in one of its builds. */
  readonly own: Uint8Array<ArrayBuffer>;
  /** How many are to compute. */
  readonly threads: number;
  /** Whether the heap is shared between threads. */
  readonly shared: boolean;
  /** Whether every block has canaries around it. */
  readonly guarded: boolean;
}

/** The names of compiled kernels that do a range of their work at a time. */
type SplitKernel = keyof SimdKernels;

/** What is named where no kernel runs. */
const IDLE = 'wasm';

/** The name of a tensor that was made here; others come from another backend with a name of its own. */
class OwnId {
  constructor(readonly id: number) {}
}

/**
 * Where tensors live on the WASM backend: in the heap of tfjs's compiled kernels, which our SIMD module shares.
 * tfjs-core calls it to write, read and dispose of tensors; kernels call it for outputs, addresses and scratch memory.
 */
export class WasmEngine extends KernelBackend {
  readonly wasm: TfjsModule;
  /** Our own compiled kernels. */
  readonly simd: SimdKernels;
  readonly dataIdMap: TensorRecords;
  #nextId = 1;
  /** Where tensors lie. */
  readonly blocks: BlockPool;
  readonly #scratch: Scratch;
  /** What the ranges of a divided kernel have, each its own. */
  readonly #own: Scratch;
  /** Operands that the kernel that runs refers to. */
  readonly #aliased: DataId[] = [];
  /** Whether the kernel that runs has taken scratch memory. */
  #scratchInUse = false;
  #threads: ThreadPool | undefined;
  readonly #user: MemoryUser;

  private constructor(wasm: TfjsModule, simd: SimdKernels, user: MemoryUser, guarded: boolean) {
    super();
    this.wasm = wasm;
    this.simd = simd;
    this.blocks = wasm.blocks;
    this.#scratch = new Scratch(wasm.store, guarded);
    this.#own = new Scratch(wasm.store, guarded);
    this.dataIdMap = new TensorRecords(this);
    this.#user = user;
    user.spare = () => this.#spare();
    user.alive = () => describeTensors(this.dataIdMap.entries());
  }

  /**
   * Starts tfjs's compiled kernels and, in the same heap, ours, with as many threads as asked.
   * @throws BackendError where a thread does not start.
   */
  static async create({ tfjs, own, threads, shared, guarded }: EngineParts): Promise<WasmEngine> {
    const user: MemoryUser = { kernel: IDLE, spare: () => false, alive: () => 'no tensors' };
    const wasm = await TfjsModule.create(tfjs, { user, shared, guarded });
    const bytes = shared ? shareMemory(own, { initial: 0, maximum: MOST_PAGES }) : own;
    const module = await WebAssembly.compile(bytes);
    const made = new WasmEngine(wasm, await instantiateSimd(module, wasm.memory), user, guarded);
    if (shared && threads > 1) {
      const control = made.allocate(CONTROL_BYTES, 'the control block of the threads');
      made.heap.fill(0, control, control + CONTROL_BYTES);
      made.#threads = await ThreadPool.create(made.simd, { module, memory: wasm.memory, control }, threads);
    }
    return made;
  }

  /** How many threads compute. */
  get threads(): number {
    return this.#threads?.size ?? 1;
  }

  /** Whether a thread is lost, so that kernels which are divided throw. */
  get broken(): boolean {
    return this.#threads?.broken ?? false;
  }

  /** Ends the threads; one computes from then on. */
  async endThreads(): Promise<void> {
    const threads = this.#threads;
    this.#threads = undefined;
    await threads?.stop();
  }

  /** Which kernel runs. */
  get kernel(): string {
    return this.#user.kernel;
  }

  /** Says which kernel runs, so that an error about memory can name it; answers with a mark for {@link abandon}. */
  enter(kernel: string): number {
    this.#user.kernel = kernel;
    return this.#nextId;
  }

  /** The kernel ended, and the one that ran before goes on, if any. */
  leave(outer: string): void {
    this.#user.kernel = outer;
    if (outer !== IDLE) return;
    this.#scratchInUse = false;
    if (this.#aliased.length > 0) this.#aliased.length = 0;
  }

  /**
   * Gives back what was made since a mark, references to operands, and memory that is kept for later: for a kernel that
   * throws, which hands nothing on and may have failed for want of memory.
   */
  abandon(mark: number): void {
    // A thread that is lost may still write there.
    if (this.broken) return;
    for (const dataId of this.#aliased.splice(0)) this.disposeData(dataId);
    for (const dataId of this.dataIdMap.ids()) {
      if (dataId instanceof OwnId && dataId.id >= mark) this.disposeData(dataId, true);
    }
    this.#scratch.drop();
    this.#own.drop();
  }

  /** Gives back scratch memory that nobody uses now; whether there was any. */
  #spare(): boolean {
    const own = this.#own.drop();
    return (!this.#scratchInUse && this.#scratch.drop()) || own;
  }

  /** Bytes of the heap that lie at `offset`, until the next allocation. */
  get heap(): Uint8Array<ArrayBuffer> {
    return this.wasm.HEAPU8;
  }

  override numDataIds(): number {
    return this.dataIdMap.numDataIds();
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    const dataId = new OwnId(this.#nextId++);
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues | null,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (dtype === 'string') {
      this.#record(dataId, shape, dtype, null, refCount, { stringBytes: values as Uint8Array[] });
      return;
    }
    if (dtype === 'complex64') {
      const complexTensorInfos = this.#parts(values as Float32Array, shape);
      this.#record(dataId, shape, dtype, null, refCount, { complexTensorInfos });
      return;
    }
    const bytes = elementsOf(this.kernel, shape) * viewOf(dtype).BYTES_PER_ELEMENT;
    // No heap has room for so much, and JavaScript's own error would name neither the tensor nor a remedy.
    if (bytes >= 2 ** 32) this.reserve(shape, dtype);
    // Before anything is reserved: what is shorter than its shape throws.
    const source = values ? bytesOf(values as NumericArray, bytes) : undefined;
    const memoryOffset = this.allocate(bytes, () => `a ${dtype} tensor of shape [${shape}]`);
    if (source !== undefined) this.heap.set(source, memoryOffset);
    this.#record(dataId, shape, dtype, memoryOffset, refCount);
  }

  /**
   * Makes sure that a tensor of another backend finds room here.
   * @throws BackendError where it does not; the tensor stays where it is.
   */
  reserve(shape: readonly number[], dtype: DataType): void {
    if (dtype === 'string') return;
    const parts = dtype === 'complex64' ? 2 : 1;
    const bytes = elementsOf(this.kernel, shape) * viewOf(parts === 2 ? 'float32' : dtype).BYTES_PER_ELEMENT;
    const held: number[] = [];
    try {
      while (held.length < parts) held.push(this.allocate(bytes, () => `a ${dtype} tensor of shape [${shape}]`));
    } finally {
      for (const offset of held) this.blocks.give(offset);
    }
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  /** A copy of the values; `start` and `end`, where given, are the range of elements to read. */
  override readSync(dataId: DataId, start?: number, end?: number): BackendValues {
    const { memoryOffset, dtype, shape, stringBytes, complexTensorInfos } = this.dataIdMap.get(dataId);
    if (complexTensorInfos) {
      const [real, imag] = [complexTensorInfos.real, complexTensorInfos.imag].map((part) => this.readSync(part.dataId));
      return mergeRealAndImagArrays(real as Float32Array, imag as Float32Array);
    }
    if (memoryOffset === null) return (stringBytes as Uint8Array[]).slice(start ?? 0, end);
    const View = viewOf(dtype);
    const first = memoryOffset + (start ?? 0) * View.BYTES_PER_ELEMENT;
    const last = memoryOffset + (end ?? sizeFromShape(shape)) * View.BYTES_PER_ELEMENT;
    try {
      return new View(this.heap.slice(first, last).buffer);
    } catch (error) {
      throw typedFailure(`reading a ${dtype} tensor of shape [${shape}]`, error);
    }
  }

  /** Gives the memory back when nothing refers to it any more, or at once if `force` is set; says whether it did. */
  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.dataIdMap.has(dataId)) return true;
    const record = this.dataIdMap.get(dataId);
    record.refCount--;
    if (!force && record.refCount > 0) {
      const at = this.#aliased.lastIndexOf(dataId);
      if (at >= 0) this.#aliased.splice(at, 1);
      return false;
    }
    if (record.memoryOffset !== null) {
      record.forget();
      this.blocks.give(record.memoryOffset);
    }
    this.dataIdMap.delete(dataId);
    if (record.complexTensorInfos) {
      this.disposeData(record.complexTensorInfos.real.dataId);
      this.disposeData(record.complexTensorInfos.imag.dataId);
    }
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.dataIdMap.has(dataId) ? this.dataIdMap.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    if (this.dataIdMap.has(dataId)) this.dataIdMap.get(dataId).refCount++;
    if (this.kernel !== IDLE) this.#aliased.push(dataId);
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<{ kernelMs: number }> {
    const start = performance.now();
    run();
    return { kernelMs: performance.now() - start };
  }

  override dispose(): void {
    void this.#threads?.stop();
    this.wasm.tfjs.dispose();
  }

  /**
   * A new tensor for a kernel's result. Its memory is not cleared; where `memoryOffset` is given, it is memory that a
   * compiled kernel allocated.
   */
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number | null, values?: BackendValues): TensorInfo {
    if (memoryOffset === undefined || memoryOffset === null) {
      return { dataId: this.write(values ?? null, shape, dtype), shape, dtype };
    }
    const dataId = new OwnId(this.#nextId++);
    // Compiled kernels answer with signed addresses.
    this.#record(dataId, shape, dtype, memoryOffset >>> 0, 1);
    return { dataId, shape, dtype };
  }

  /** A complex tensor that takes over the two float32 tensors it is made of. */
  makeComplex({ real, imag }: ComplexParts): TensorInfo {
    const dataId = new OwnId(this.#nextId++);
    const { shape } = real;
    this.#record(dataId, shape, 'complex64', null, 1, { complexTensorInfos: { real, imag } });
    return { dataId, shape, dtype: 'complex64' };
  }

  /** The values of a tensor, in place: valid until the next allocation. */
  typedArrayFromHeap({ dataId, shape, dtype }: TensorInfo): NumericArray {
    return new (viewOf(dtype))(this.heap.buffer, this.offset({ dataId }), sizeFromShape(shape));
  }

  /** The byte offset of a tensor in the heap. */
  offset({ dataId }: { readonly dataId: DataId }): number {
    const { memoryOffset } = this.dataIdMap.get(dataId);
    if (memoryOffset === null) {
      throw new BackendError({
        where: this.#user.kernel,
        problem: 'the WASM engine does not compute this with strings or complex numbers',
      });
    }
    return memoryOffset;
  }

  /**
   * Reserves memory; the caller frees it. `what` says what it is for, where an error wants to know.
   * @throws BackendError where there is none.
   */
  allocate(bytes: number, what: Description): number {
    return this.wasm.store.allocate(bytes, what);
  }

  /**
   * Memory for the inside of one kernel call, uninitialised, valid until the next call of `scratch`. One piece is kept and
   * reused, so a kernel that needs several takes them from one.
   */
  scratch(bytes: number): number {
    this.#scratchInUse = true;
    return this.#scratch.take(bytes);
  }

  /**
   * Runs a compiled kernel over the items 0 … count - 1. The kernel takes `args`, then the range it is to do and the
   * address of scratch memory of its own (`scratchBytes` of it, not shared with {@link scratch}):
   * `kernel(...args, first, last, scratch)`. Ranges are never smaller than `grain` items, but for the last.
   *
   * What a range writes must not depend on where ranges begin, so that results are the same however work is divided.
   */
  split(kernel: SplitKernel, args: readonly number[], count: number, grain: number, scratchBytes = 0): void {
    if (count <= 0) return;
    // Threads do not write to the same line of the cache.
    const each = Math.ceil(scratchBytes / 64) * 64;
    const own = this.#own.take(each * Math.min(this.threads, this.#threads?.ranges(count, grain) ?? 1));
    if (this.#threads !== undefined && count > grain) {
      this.#threads.run(kernel, args, count, grain, own, each);
    } else (this.simd[kernel] as (...args: number[]) => void)(...args, 0, count, own);
  }

  /** Writes 32-bit integers to the heap, for kernels that take many numbers by address. */
  putInts(offset: number, values: readonly number[]): void {
    new Int32Array(this.heap.buffer, offset, values.length).set(values);
  }

  #parts(values: Float32Array, shape: number[]): ComplexParts {
    const { real, imag } = splitRealAndImagArrays(values);
    const first = this.#part(shape, real);
    try {
      return { real: first, imag: this.#part(shape, imag) };
    } catch (error) {
      this.disposeData(first.dataId);
      throw error;
    }
  }

  #part(shape: number[], values: Float32Array): TensorInfo {
    return { dataId: this.write(values, shape, 'float32'), shape, dtype: 'float32' };
  }

  #record(
    dataId: DataId,
    shape: number[],
    dtype: DataType,
    memoryOffset: number | null,
    refCount: number,
    elsewhere?: ValuesElsewhere,
  ): void {
    this.dataIdMap.set(dataId, new TensorRecord(this.wasm, shape, dtype, memoryOffset, refCount, elsewhere));
  }
}
