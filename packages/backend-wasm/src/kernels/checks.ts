import { BackendError, ShapeError } from '@espalier/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The kernels compute in float32: others are refused rather than read as what they are not. */
export function requireFloat32(kernel: string, tensors: Readonly<Record<string, TensorInfo | undefined>>): void {
  for (const name in tensors) {
    const tensor = tensors[name];
    if (tensor !== undefined && tensor.dtype !== 'float32') {
      throw new BackendError({
        where: kernel,
        problem: `the WASM engine computes this in float32 only`,
        expected: `${name} of dtype float32`,
        got: tensor.dtype,
        mend: `cast it first: cast(${name}, 'float32')`,
      });
    }
  }
}

/** Images must be channels last: NHWC, NDHWC. */
export function requireChannelsLast(kernel: string, dataFormat: string | undefined): void {
  if (dataFormat !== undefined && !dataFormat.endsWith('C') && dataFormat !== 'channelsLast') {
    throw new BackendError({
      where: kernel,
      problem: 'the WASM engine takes images with the channels last',
      expected: 'NHWC or NDHWC',
      got: dataFormat,
      mend: 'transpose the input, or use another backend',
    });
  }
}

export function requireShape(kernel: string, name: string, expected: readonly number[], got: readonly number[]): void {
  if (expected.length !== got.length || expected.some((size, i) => size !== got[i])) {
    throw new ShapeError({
      where: kernel,
      problem: `${name} has the wrong shape`,
      expected: `[${expected}]`,
      got: `[${got}]`,
    });
  }
}

/** Indices are int32: others would be read as what they are not. */
export function requireIndices(kernel: string, name: string, indices: TensorInfo): void {
  if (indices.dtype === 'int32') return;
  throw new BackendError({
    where: kernel,
    problem: 'indices must be whole numbers',
    expected: `${name} of dtype int32`,
    got: indices.dtype,
    mend: `cast them first: cast(${name}, 'int32')`,
  });
}

/** The place of the first index outside 0 … size - 1, or -1. A loop: a callback for each index would cost what the lookup does. */
export function firstOutside(indices: ArrayLike<number>, size: number): number {
  for (let i = 0; i < indices.length; i++) if (indices[i]! < 0 || indices[i]! >= size) return i;
  return -1;
}
