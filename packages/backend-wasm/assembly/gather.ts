import { copyFloats } from './memory';

/**
 * out[batch, outer, i] = x[batch, outer, indices[batch, i]], slices of `sliceBytes` bytes; indices are from 0 to size - 1.
 * An item is a slice of the result.
 */
export function gather(
  x: usize, indices: usize, out: usize, outer: i32, size: i32, count: i32, sliceBytes: i32, first: i32, last: i32,
  _scratch: usize,
): void {
  const bytes = <usize>sliceBytes;
  let group = first / count;
  let i = first - group * count;
  out += bytes * first;
  for (let item = first; item < last; group++, i = 0) {
    const from = x + bytes * <usize>size * group;
    const list = indices + (<usize>(group / outer * count) << 2);
    const end = min(count, i + last - item);
    item += end - i;
    for (; i < end; i++, out += bytes) {
      const slice = from + bytes * load<u32>(list + (<usize>i << 2));
      if ((sliceBytes & 3) == 0) copyFloats(out, slice, sliceBytes >> 2);
      else memory.copy(out, slice, bytes);
    }
  }
}
