import { copyFloats } from './memory';

/**
 * out[batch, outer, i] = x[batch, outer, indices[batch, i]], slices of `sliceBytes` bytes. Answers with the place of the
 * first index outside 0 .. size - 1, before which nothing is wrong, or -1.
 */
export function gather(
  x: usize, indices: usize, out: usize, batches: i32, outer: i32, size: i32, count: i32, sliceBytes: i32,
): i32 {
  const rowBytes = <usize>size * <usize>sliceBytes;
  for (let b = 0; b < batches; b++) {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < count; i++) {
        const at = b * count + i;
        const index = load<i32>(indices + (<usize>at << 2));
        if (<u32>index >= <u32>size) return at;
        const from = x + <usize>index * <usize>sliceBytes;
        if ((sliceBytes & 3) == 0) copyFloats(out, from, sliceBytes >> 2);
        else memory.copy(out, from, sliceBytes);
        out += sliceBytes;
      }
      x += rowBytes;
    }
  }
  return -1;
}
