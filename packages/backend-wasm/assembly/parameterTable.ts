// Work on many tensors in one call: a table in memory with a row of eight 32-bit words for each, made by
// src/kernels/training/parameterTable.ts. The tensors are cut in blocks, which are numbered through; a last row holds their
// count.

/** Elements in a block. */
export const BLOCK: i32 = 1024;
/** Bytes of a row. */
export const ROW: usize = 32;

/** Address of the i-th tensor of a row, at the block's first element. */
@inline export function tensorAt(row: usize, i: i32, offset: usize): usize { return <usize>load<u32>(row + (<usize>i << 2)) + offset; }
@inline export function count(row: usize): i32 { return load<i32>(row, 20); }
@inline export function firstBlock(row: usize): i32 { return load<i32>(row, 24); }
/** A factor of the row's own. */
@inline export function factor(row: usize): f32 { return load<f32>(row, 28); }

/** The row that the block lies in, at or after `row`. */
@inline
export function rowOf(row: usize, block: i32): usize {
  while (block >= firstBlock(row + ROW)) row += ROW;
  return row;
}
