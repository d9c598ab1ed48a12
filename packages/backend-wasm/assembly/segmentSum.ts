import { addFloats, zeroFloats } from './memory';

/** Columns of an item: a cache line. */
const BLOCK: i32 = 16;

/** Adds floats to as many sums in float64. */
@inline
function addWide(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4, to += 32, from += 16) {
    const four = v128.load(from);
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(four)));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 1))), 16);
  }
  for (; count > 0; count--, to += 8, from += 4) store<f64>(to, load<f64>(to) + <f64>load<f32>(from));
}

/**
 * out[ids[i]] = the sum of all x[i] with that id, rows of `inner` floats. Ids outside 0 .. segments - 1 are dropped, as in
 * TensorFlow; but segments + k stands for the segment frequent[k], k < wide, whose rows are many: they are added up in float64,
 * for which scratch memory has 128 bytes each. Items are blocks of 16 columns.
 */
export function unsortedSegmentSum(
  x: usize, ids: usize, out: usize, rows: i32, inner: i32, segments: i32, frequent: usize, wide: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const rowBytes = <usize>inner << 2;
  if (wide > 0) {
    // A line of sums for each frequent segment.
    for (let item = first; item < last; item++) {
      const from = item * BLOCK;
      columns(x, ids, out, rows, rowBytes, segments, wide, from, min(inner - from, BLOCK), scratch);
      for (let k = 0; k < wide; k++) {
        const to = out + rowBytes * load<i32>(frequent + (<usize>k << 2)) + (<usize>from << 2);
        for (let c = 0; c < min(inner - from, BLOCK); c++) {
          store<f32>(to + (<usize>c << 2), <f32>load<f64>(scratch + (<usize>(k * BLOCK + c) << 3)));
        }
      }
    }
    return;
  }
  const from = first * BLOCK;
  columns(x, ids, out, rows, rowBytes, segments, 0, from, min(inner, last * BLOCK) - from, scratch);
}

/** The sums of `count` columns from `from` on; of the frequent segments, of one block at most, in scratch memory. */
function columns(
  x: usize, ids: usize, out: usize, rows: i32, rowBytes: usize, segments: i32, wide: i32, from: i32, count: i32, scratch: usize,
): void {
  x += <usize>from << 2;
  out += <usize>from << 2;
  const line = <usize>count << 2;
  if (line == rowBytes) zeroFloats(out, segments * count);
  else for (let s = 0; s < segments; s++) zeroFloats(out + rowBytes * s, count);
  memory.fill(scratch, 0, <usize>wide * (BLOCK << 3));
  for (let i = 0; i < rows; i++, x += rowBytes) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (<u32>id < <u32>segments) addFloats(out + rowBytes * id, x, count);
    else if (<u32>(id - segments) < <u32>wide) addWide(scratch + <usize>((id - segments) * (BLOCK << 3)), x, count);
  }
}
