import { type DataId, engine, type KernelBackend } from '@tensorflow/tfjs-core';
import type { TensorRecord } from './TensorRecord.js';

/**
 * The records of the tensors that live on a backend, with the members that the JavaScript half of tfjs's kernels calls. A
 * plain map rather than tfjs's `DataStorage`: every kernel looks its operands up, and weak maps are slow and cost the
 * garbage collector more; nothing here is forgotten, since records go when tensors are disposed of.
 */
export class TensorRecords {
  readonly #backend: KernelBackend;
  readonly #records = new Map<DataId, TensorRecord>();

  constructor(backend: KernelBackend) {
    this.#backend = backend;
  }

  /** The record of a tensor; one that lives on another backend is brought here first. */
  get(dataId: DataId): TensorRecord {
    const record = this.#records.get(dataId);
    if (record !== undefined) return record;
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

  all(): Iterable<TensorRecord> {
    return this.#records.values();
  }
}
