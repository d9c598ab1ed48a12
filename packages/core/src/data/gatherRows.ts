import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type Column, dtypeOf, rowSize } from './Column.js';

/** Below this many values, copying one by one is faster than making a view of the row. */
const SMALL_ROW = 24;

/**
 * A fresh tensor of the examples at positions `start` to `end` of `order`, or of the column itself where there is no
 * order. The host memory is new each time, because some backends keep the array that they are given.
 */
export function gatherRows(column: Column, order: Uint32Array | undefined, start: number, end: number): Tensor {
  const { data, shape, scale = 1 } = column;
  const row = rowSize(column);
  const dtype = dtypeOf(column);
  const out = new (dtype === 'int32' ? Int32Array : Float32Array)((end - start) * row);
  if (order === undefined) {
    copyRange(out, 0, data, start * row, out.length, scale);
  } else {
    for (let i = start; i < end; i++) copyRange(out, (i - start) * row, data, order[i]! * row, row, scale);
  }
  return tensor(out, [end - start, ...shape], dtype);
}

function copyRange(
  out: Float32Array | Int32Array,
  to: number,
  data: Column['data'],
  from: number,
  length: number,
  scale: number,
): void {
  if (scale !== 1) {
    for (let i = 0; i < length; i++) out[to + i] = data[from + i]! * scale;
  } else if (length < SMALL_ROW) {
    for (let i = 0; i < length; i++) out[to + i] = data[from + i]!;
  } else {
    out.set(data.subarray(from, from + length), to);
  }
}
