import { addFloats } from './memory';

/**
 * out[ids[i]] += x[i] for rows of `inner` floats; out must be cleared before. Ids outside 0 .. segments - 1 are dropped, as
 * in TensorFlow.
 */
export function unsortedSegmentSum(x: usize, ids: usize, out: usize, rows: i32, inner: i32, segments: i32): void {
  const rowBytes = <usize>inner << 2;
  for (let i = 0; i < rows; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (<u32>id < <u32>segments) addFloats(out + <usize>id * rowBytes, x, inner);
    x += rowBytes;
  }
}
