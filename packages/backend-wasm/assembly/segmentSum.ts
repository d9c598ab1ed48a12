import { addFloats, zeroFloats } from './memory';

/** Columns of an item: a cache line. */
const BLOCK: i32 = 16;

/**
 * out[ids[i]] = the sum of all x[i] with that id, rows of `inner` floats. Ids outside 0 .. segments - 1 are dropped, as in
 * TensorFlow. Items are blocks of 16 columns.
 */
export function unsortedSegmentSum(
  x: usize, ids: usize, out: usize, rows: i32, inner: i32, segments: i32, first: i32, last: i32, _scratch: usize,
): void {
  const rowBytes = <usize>inner << 2;
  const from = first * BLOCK;
  const count = min(inner, last * BLOCK) - from;
  x += <usize>from << 2;
  out += <usize>from << 2;
  if (count == inner) zeroFloats(out, segments * inner);
  else for (let s = 0; s < segments; s++) zeroFloats(out + rowBytes * s, count);
  for (let i = 0; i < rows; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (<u32>id < <u32>segments) addFloats(out + rowBytes * id, x, count);
    x += rowBytes;
  }
}
