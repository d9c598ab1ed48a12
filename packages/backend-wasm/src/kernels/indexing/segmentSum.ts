import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { grainOf } from '../grain.js';

/** Columns that the compiled kernel adds up as one item. */
const COLUMNS = 16;
/** Bytes of their sums in float64. */
const WIDE = 128;
/** Rows of one segment from which on float32 loses too many digits of their sum. */
const MANY = 2048;

/** out[s] = the sum of all rows of x whose id is s. The ids are int32, one for each row; what `out` held is overwritten. */
export function segmentSum(engine: WasmEngine, x: TensorInfo, ids: TensorInfo, out: TensorInfo): void {
  const segments = out.shape[0] ?? 1;
  const rows = sizeFromShape(ids.shape);
  const inner = sizeFromShape(out.shape.slice(1));
  const frequent = rows > MANY ? segmentsOfMany(engine.typedArrayFromHeap(ids), segments) : [];
  const wide = frequent.length;
  let at = engine.offset(ids);
  if (wide > 0) {
    at = engine.scratch(4 * (rows + wide));
    // Made after the scratch memory, which may have moved the heap.
    renumber(engine.typedArrayFromHeap(ids), new Int32Array(engine.heap.buffer, at, rows), segments, frequent);
    engine.putInts(at + 4 * rows, frequent);
  }
  const args = [engine.offset(x), at, engine.offset(out), rows, inner, segments, at + 4 * rows, wide];
  engine.split('unsortedSegmentSum', args, Math.ceil(inner / COLUMNS), grainOf(COLUMNS * rows), WIDE * wide);
}

/** The segments that more than `MANY` rows belong to. */
function segmentsOfMany(ids: ArrayLike<number>, segments: number): number[] {
  const counts = new Int32Array(segments);
  const many: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id >= 0 && id < segments && ++counts[id]! === MANY + 1) many.push(id);
  }
  return many;
}

/** Writes ids as the compiled kernel takes them: `segments` + k for the segment `frequent[k]`, and -1 for those outside. */
function renumber(ids: ArrayLike<number>, to: Int32Array, segments: number, frequent: readonly number[]): void {
  const numbers = Int32Array.from({ length: segments }, (_, segment) => segment);
  for (const [k, segment] of frequent.entries()) numbers[segment] = segments + k;
  for (let i = 0; i < ids.length; i++) to[i] = numbers[ids[i]!] ?? -1;
}
