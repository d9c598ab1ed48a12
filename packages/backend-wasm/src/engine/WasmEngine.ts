import { BackendError } from '@espalier/core';
import {
  type BackendValues,
  backend_util,
  type DataId,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { instantiateSimd, type SimdKernels } from './SimdKernels.js';
import { MOST_BYTES, TfjsModule } from './TfjsModule.js';

export interface ComplexParts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/** What the engine knows of a tensor. The names are those that tfjs's own kernels read. */
interface TensorRecord {
  /** The number by which tfjs's compiled kernels know the tensor. */
  readonly id: number;
  /** Byte offset of the values in the heap; null for strings, which stay in JavaScript, and for complex numbers. */
  readonly memoryOffset: number | null;
  readonly stringBytes?: Uint8Array[];
  /** The two parts of a complex tensor, float32 tensors that belong to it alone. */
  readonly complexTensorInfos?: ComplexParts;
  readonly shape: number[];
  readonly dtype: DataType;
  refCount: number;
}

/** The names of compiled kernels that do a range of their work at a time. */
type SplitKernel = keyof SimdKernels;

type NumericArray = Float32Array | Int32Array | Uint8Array;

const VIEWS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

function viewOf(dtype: DataType): (typeof VIEWS)[keyof typeof VIEWS] {
  const view = VIEWS[dtype as keyof typeof VIEWS];
  if (view === undefined) {
    throw new BackendError({
      where: 'wasm',
      problem: `the WASM engine holds no ${dtype} tensors`,
      expected: 'float32, int32, bool, complex64 or string',
    });
  }
  return view;
}

/**
 * Where tensors live on the WASM backend: in the heap of tfjs's compiled kernels, which our SIMD module shares.
 * tfjs-core calls it to write, read and dispose of tensors; kernels call it for outputs, addresses and scratch memory.
 */
export class WasmEngine extends KernelBackend {
  readonly wasm: TfjsModule;
  /** Our own compiled kernels. */
  readonly simd: SimdKernels;
  readonly dataIdMap: DataStorage<TensorRecord>;
  #nextId = 1;
  #scratch = { offset: 0, bytes: 0 };
  #own = { offset: 0, bytes: 0 };
  readonly #running: { kernel: string };

  private constructor(wasm: TfjsModule, simd: SimdKernels, running: { kernel: string }) {
    super();
    this.wasm = wasm;
    this.simd = simd;
    this.#running = running;
    this.dataIdMap = new DataStorage(this, engine());
  }

  /** Starts tfjs's compiled kernels and, in the same heap, ours. */
  static async create(tfjs: BufferSource, own: BufferSource): Promise<WasmEngine> {
    const running = { kernel: 'wasm' };
    const wasm = await TfjsModule.create(tfjs, () => running.kernel);
    return new WasmEngine(wasm, await instantiateSimd(await WebAssembly.compile(own), wasm.memory), running);
  }

  /** Says which kernel runs, so that an error about memory can name it. */
  enter(kernel: string): void {
    this.#running.kernel = kernel;
  }

  /** Bytes of the heap that lie at `offset`, until the next allocation. */
  get heap(): Uint8Array<ArrayBuffer> {
    return this.wasm.HEAPU8;
  }

  override numDataIds(): number {
    return this.dataIdMap.numDataIds();
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    const dataId = { id: this.#nextId++ };
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
    const id = this.#nextId++;
    if (dtype === 'string') {
      this.dataIdMap.set(dataId, {
        id,
        memoryOffset: null,
        stringBytes: values as Uint8Array[],
        shape,
        dtype,
        refCount,
      });
      return;
    }
    if (dtype === 'complex64') {
      const { real, imag } = backend_util.splitRealAndImagArrays(values as Float32Array);
      const complexTensorInfos = { real: this.#part(shape, real), imag: this.#part(shape, imag) };
      this.dataIdMap.set(dataId, { id, memoryOffset: null, complexTensorInfos, shape, dtype, refCount });
      return;
    }
    const size = util.sizeFromShape(shape);
    const bytes = size * viewOf(dtype).BYTES_PER_ELEMENT;
    const memoryOffset = this.allocate(bytes, `a ${dtype} tensor of shape [${shape}]`);
    this.#record(dataId, { id, memoryOffset, shape, dtype, refCount }, size);
    if (values !== null && values !== undefined) {
      const { buffer, byteOffset } = values as NumericArray;
      this.heap.set(new Uint8Array(buffer as ArrayBuffer, byteOffset, bytes), memoryOffset);
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
      return backend_util.mergeRealAndImagArrays(real as Float32Array, imag as Float32Array);
    }
    if (memoryOffset === null) return (stringBytes as Uint8Array[]).slice(start ?? 0, end);
    const View = viewOf(dtype);
    const first = memoryOffset + (start ?? 0) * View.BYTES_PER_ELEMENT;
    const last = memoryOffset + (end ?? util.sizeFromShape(shape)) * View.BYTES_PER_ELEMENT;
    return new View(this.heap.slice(first, last).buffer);
  }

  /** Gives the memory back when nothing refers to it any more, or at once if `force` is set; says whether it did. */
  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.dataIdMap.has(dataId)) return true;
    const record = this.dataIdMap.get(dataId);
    record.refCount--;
    if (!force && record.refCount > 0) return false;
    if (record.memoryOffset !== null) {
      this.wasm._free(record.memoryOffset);
      this.wasm.tfjs.disposeData(record.id);
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
    const start = util.now();
    run();
    return { kernelMs: util.now() - start };
  }

  override dispose(): void {
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
    const id = this.#nextId++;
    const dataId = { id };
    this.#record(dataId, { id, memoryOffset, shape, dtype, refCount: 1 }, util.sizeFromShape(shape));
    return { dataId, shape, dtype };
  }

  /** A complex tensor that takes over the two float32 tensors it is made of. */
  makeComplex({ real, imag }: ComplexParts): TensorInfo {
    const id = this.#nextId++;
    const dataId = { id };
    const { shape } = real;
    const record = { id, memoryOffset: null, complexTensorInfos: { real, imag }, shape, refCount: 1 };
    this.dataIdMap.set(dataId, { ...record, dtype: 'complex64' });
    return { dataId, shape, dtype: 'complex64' };
  }

  /** The values of a tensor, in place: valid until the next allocation. */
  typedArrayFromHeap({ dataId, shape, dtype }: TensorInfo): NumericArray {
    return new (viewOf(dtype))(this.heap.buffer, this.offset({ dataId }), util.sizeFromShape(shape));
  }

  /** The byte offset of a tensor in the heap. */
  offset({ dataId }: { readonly dataId: DataId }): number {
    const { memoryOffset } = this.dataIdMap.get(dataId);
    if (memoryOffset === null) {
      throw new BackendError({
        where: this.#running.kernel,
        problem: 'the WASM engine does not compute this with strings or complex numbers',
      });
    }
    return memoryOffset;
  }

  /** Reserves memory; the caller frees it. */
  allocate(bytes: number, what: string): number {
    // malloc answers with a signed number; beyond 2 GiB the offset would be negative.
    // It takes 32 bits of the size too: more must not wrap around to a little.
    const offset = bytes > MOST_BYTES ? 0 : this.wasm._malloc(bytes) >>> 0;
    if (offset === 0 && bytes > 0) {
      throw new BackendError({
        where: this.#running.kernel,
        problem: `no memory for ${what}`,
        expected: `${bytes} free bytes in one piece`,
        got: `a heap of ${this.heap.length} bytes, which may grow to ${MOST_BYTES}`,
        mend: 'use a smaller batch, and dispose of tensors that are no longer needed (tidy)',
      });
    }
    return offset;
  }

  /**
   * Memory for the inside of one kernel call, uninitialised, valid until the next call of `scratch`. One piece is kept and
   * reused, so a kernel that needs several takes them from one.
   */
  scratch(bytes: number): number {
    if (bytes > this.#scratch.bytes) {
      if (this.#scratch.bytes > 0) this.wasm._free(this.#scratch.offset);
      this.#scratch = { offset: 0, bytes: 0 };
      this.#scratch = { offset: this.allocate(bytes, 'scratch memory'), bytes };
    }
    return this.#scratch.offset;
  }

  /**
   * Runs a compiled kernel over the items 0 … count - 1. The kernel takes `args`, then the range it is to do and the
   * address of scratch memory of its own (`scratchBytes` of it, not shared with {@link scratch}):
   * `kernel(...args, first, last, scratch)`. Ranges are never smaller than `grain` items, but for the last.
   *
   * What a range writes must not depend on where ranges begin, so that results are the same however work is divided.
   */
  split(kernel: SplitKernel, args: readonly number[], count: number, _grain: number, scratchBytes = 0): void {
    if (scratchBytes > this.#own.bytes) {
      if (this.#own.bytes > 0) this.wasm._free(this.#own.offset);
      this.#own = { offset: 0, bytes: 0 };
      this.#own = { offset: this.allocate(scratchBytes, 'scratch memory'), bytes: scratchBytes };
    }
    if (count > 0) (this.simd[kernel] as (...args: number[]) => void)(...args, 0, count, this.#own.offset);
  }

  /** Writes 32-bit integers to the heap, for kernels that take many numbers by address. */
  putInts(offset: number, values: readonly number[]): void {
    new Int32Array(this.heap.buffer, offset, values.length).set(values);
  }

  #part(shape: number[], values: Float32Array): TensorInfo {
    return { dataId: this.write(values, shape, 'float32'), shape, dtype: 'float32' };
  }

  #record(dataId: DataId, record: TensorRecord, size: number): void {
    this.dataIdMap.set(dataId, record);
    this.wasm.tfjs.registerTensor(record.id, size, record.memoryOffset as number);
  }
}
