import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';

/** What is worth a thread: some 20 microseconds of copying. */
const LEAST_BYTES = 2 ** 17;

/**
 * Copies the box that starts at `begin` and has the given size out of a tensor, into a new one of `shape`. It stays in
 * the heap; tfjs's own kernels read the whole tensor out of it for every slice.
 */
export function copyBox(
  engine: WasmEngine,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
  shape: readonly number[] = size,
): TensorInfo {
  const out = engine.makeOutput([...shape], x.dtype);
  if (util.sizeFromShape([...size]) === 0) return out;
  const width = util.bytesPerElement(x.dtype);
  const strides = [...util.computeStrides(x.shape), 1].map((stride) => stride * width);
  // Axes behind the last one that is cut are whole: from there on a run of memory is copied as it is.
  let last = x.shape.length - 1;
  while (last > 0 && size[last] === x.shape[last]) last--;
  const bytes = (size[last] ?? 1) * (x.shape.length === 0 ? width : strides[last]!);
  const from = begin.reduce((offset, start, axis) => offset + start * strides[axis]!, engine.offset(x));
  let to = engine.offset(out);
  const copy = (axis: number, at: number): void => {
    if (axis >= last - 1) {
      const rows = last > 0 ? size[last - 1]! : 1;
      const grain = Math.ceil(LEAST_BYTES / Math.max(1, bytes));
      engine.split('copyRows', [at, last > 0 ? strides[last - 1]! : 0, to, bytes, bytes], rows, grain);
      to += rows * bytes;
      return;
    }
    for (let i = 0; i < size[axis]!; i++) copy(axis + 1, at + i * strides[axis]!);
  };
  copy(0, from);
  return out;
}
