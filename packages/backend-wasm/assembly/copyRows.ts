/** Copies `rows` runs of `bytes` bytes, each `fromStride` and `toStride` bytes behind the one before. */
export function copyRows(from: usize, fromStride: usize, to: usize, toStride: usize, bytes: usize, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes);
    from += fromStride;
    to += toStride;
  }
}
