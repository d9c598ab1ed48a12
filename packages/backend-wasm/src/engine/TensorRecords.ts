import { type DataId, type DataType, engine, type KernelBackend } from '@tensorflow/tfjs-core';
import type { TensorRecord } from './TensorRecord.js';

/** A backend that can say that it has no room before a tensor leaves another. */
interface Home extends KernelBackend {
  reserve(shape: readonly number[], dtype: DataType): void;
}

/**
 * The records of the tensors that live on a backend, with the members that the JavaScript half of tfjs's kernels calls. A
 * plain map rather than tfjs's `DataStorage`: every kernel looks its operands up, and weak maps are slow and cost the
 * garbage collector more; nothing here is forgotten, since records go when tensors are disposed of.
 */
export class TensorRecords {
  readonly #backend: Home;
  readonly #records = new Map<DataId, TensorRecord>();

  constructor(backend: Home) {
    this.#backend = backend;
  }

  /** The record of a tensor; one that lives on another backend is brought here first. */
  get(dataId: DataId): TensorRecord {
    const record = this.#records.get(dataId);
    if (record !== undefined) return record;
    // tfjs-core disposes of it there before it is written here: without room it would be lost.
    const { shape, dtype } = engine().state.tensorInfo.get(dataId)!;
    this.#backend.reserve(shape, dtype);
    engine().moveData(this.#backend, dataId);
    return this.#records.get(dataId)!;
  }

  has(dataId: DataId): boolean {
    return this.#records.has(dataId);
  }

  set(dataId: DataId, record: TensorRecord): void {
    this.#records.set(dataId, record);
  }

  delete(dataId: DataId): boolean {
    return this.#records.delete(dataId);
  }

  numDataIds(): number {
    return this.#records.size;
  }

  ids(): Iterable<DataId> {
    return this.#records.keys();
  }

  entries(): Iterable<readonly [DataId, TensorRecord]> {
    return this.#records;
  }
}
