import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../generated/tfjsUtilities.js';
import type { TfjsModule } from './TfjsModule.js';

/** The two parts of a complex tensor, float32 tensors that belong to it alone. */
export interface ComplexParts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/** Values that are not one block of the heap. */
export interface ValuesElsewhere {
  readonly stringBytes?: Uint8Array[];
  readonly complexTensorInfos?: ComplexParts;
}

/** What the engine knows of a tensor. The names are those that tfjs's own kernels read. */
export class TensorRecord {
  refCount: number;
  readonly stringBytes: Uint8Array[] | undefined;
  readonly complexTensorInfos: ComplexParts | undefined;
  static #nextId = 1;
  #id = 0;
  readonly #module: TfjsModule;

  constructor(
    module: TfjsModule,
    readonly shape: number[],
    readonly dtype: DataType,
    /** Byte offset of the values in the heap; null for strings, which stay in JavaScript, and for complex numbers. */
    readonly memoryOffset: number | null,
    refCount: number,
    elsewhere: ValuesElsewhere = {},
  ) {
    this.#module = module;
    this.stringBytes = elsewhere.stringBytes;
    this.complexTensorInfos = elsewhere.complexTensorInfos;
    this.refCount = refCount;
  }

  /** The number by which tfjs's compiled kernels know the tensor; they hear of it when the first of them asks. */
  get id(): number {
    if (this.#id === 0) {
      this.#id = TensorRecord.#nextId++;
      this.#module.tfjs.registerTensor(this.#id, sizeFromShape(this.shape), this.memoryOffset ?? 0);
    }
    return this.#id;
  }

  /** Makes tfjs's compiled kernels forget the tensor and what they packed of it. */
  forget(): void {
    if (this.#id !== 0) this.#module.tfjs.disposeData(this.#id);
    this.#id = 0;
  }
}
