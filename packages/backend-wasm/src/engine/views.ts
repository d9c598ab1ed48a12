import { BackendError } from '@espalier/core';
import type { DataType } from '@tensorflow/tfjs-core';

/** Values as they lie in the heap. */
export type NumericArray = Float32Array | Int32Array | Uint8Array;

const VIEWS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * The typed array that a type of tensors is read through.
 * @throws BackendError for types that the heap does not hold.
 */
export function viewOf(dtype: DataType): (typeof VIEWS)[keyof typeof VIEWS] {
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
 * The first bytes of some values.
 * @throws RangeError where there are fewer.
 */
export function bytesOf({ buffer, byteOffset }: NumericArray, bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, bytes);
}
