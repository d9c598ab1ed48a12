/** Copies runs of `bytes` bytes, the rows first … last - 1, each `fromStride` and `toStride` bytes behind the one before. */
export function copyRows(
  from: usize, fromStride: usize, to: usize, toStride: usize, bytes: usize, first: i32, last: i32, _scratch: usize,
): void {
  from += <usize>first * fromStride;
  to += <usize>first * toStride;
  for (let row = first; row < last; row++) {
    memory.copy(to, from, bytes);
    from += fromStride;
    to += toStride;
  }
}
