import { BackendError, ShapeError, ValueError } from '@espalier/core';
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

/** Numbers of elements are whole and not negative: with others a kernel would write beside its result. */
export function requireCounts(kernel: string, name: string, counts: readonly number[]): void {
  if (counts.every((count) => Number.isInteger(count) && count >= 0)) return;
  throw new ValueError({
    where: kernel,
    problem: `${name} cannot be used`,
    expected: 'whole numbers from 0 on',
    got: `[${counts}]`,
  });
}

/** No axis is named twice: an element is moved, or counted, once along each. */
export function requireDistinct(kernel: string, axes: readonly number[]): void {
  if (new Set(axes).size === axes.length) return;
  throw new ValueError({ where: kernel, problem: 'an axis is named twice', got: `[${axes}]` });
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
