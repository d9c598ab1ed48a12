// C = A B or C += A B for float32 matrices in any layout: packed panels, 4 x 8 tiles in registers.
//
// A's element (i, k) is at a + 4 (i aRow + k aCol), B's (k, j) at b + 4 (k bRow + j bCol), so the four transposed forms are
// four sets of strides. C is row-major with ldc floats from row to row.

import { packPanels } from './pack';

/** Rows of A, depth and columns of B that are packed at a time: A's block stays in the second cache, a panel of B in the first. */
const MC: i32 = 128;
const KC: i32 = 256;
const NC: i32 = 512;
const TILE_BYTES: i32 = 128;

@inline
function roundUp(value: i32, step: i32): i32 {
  return (value + step - 1) / step * step;
}

/** Bytes of scratch memory that gemm needs for these sizes. */
export function gemmScratch(m: i32, n: i32, k: i32): i32 {
  const depth = min(k, KC);
  return TILE_BYTES + depth * 4 * (roundUp(min(m, MC), 4) + roundUp(min(n, NC), 8));
}

/** One tile: C[4][8] = or += (packed A panel) (packed B panel). */
@inline
function tile(depth: i32, a: usize, b: usize, c: usize, rowBytes: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = b + (<usize>depth << 5);
  // One step a turn: unrolled by hand this loop spills its accumulators and runs at half the speed.
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    a += 16;
    b += 32;
  }
  const r1 = c + rowBytes, r2 = r1 + rowBytes, r3 = r2 + rowBytes;
  if (accumulate) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c10 = f32x4.add(c10, v128.load(r1));
    c11 = f32x4.add(c11, v128.load(r1, 16));
    c20 = f32x4.add(c20, v128.load(r2));
    c21 = f32x4.add(c21, v128.load(r2, 16));
    c30 = f32x4.add(c30, v128.load(r3));
    c31 = f32x4.add(c31, v128.load(r3, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}

/** A tile at the lower or right edge: computed beside C, then the part that exists is written. */
function edgeTile(depth: i32, a: usize, b: usize, c: usize, rowBytes: usize, rows: i32, cols: i32, accumulate: bool, room: usize): void {
  tile(depth, a, b, room, 32, false);
  for (let i = 0; i < rows; i++) {
    const to = c + <usize>i * rowBytes;
    const from = room + (<usize>i << 5);
    for (let j = 0; j < cols; j++) {
      const at = <usize>j << 2;
      const value = load<f32>(from + at);
      store<f32>(to + at, accumulate ? load<f32>(to + at) + value : value);
    }
  }
}

/** C = A B, or C += A B where `accumulate` is not 0. With k = 0 the product is all zeros. */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aCol: i32,
  b: usize, bRow: i32, bCol: i32,
  c: usize, ldc: i32, accumulate: i32, scratch: usize,
): void {
  if (k == 0 && accumulate == 0) {
    for (let i = 0; i < m; i++) memory.fill(c + (<usize>(i * ldc) << 2), 0, <usize>n << 2);
    return;
  }
  const depthMost = min(k, KC);
  const aPack = scratch + TILE_BYTES;
  const bPack = aPack + (<usize>(roundUp(min(m, MC), 4) * depthMost) << 2);
  const rowBytes = <usize>ldc << 2;
  for (let j0 = 0; j0 < n; j0 += NC) {
    const cols = min(NC, n - j0);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const depth = min(KC, k - k0);
      const add: bool = accumulate != 0 || k0 > 0;
      packPanels(bPack, 8, cols, depth, b + (<usize>(k0 * bRow + j0 * bCol) << 2), bCol, bRow);
      for (let i0 = 0; i0 < m; i0 += MC) {
        const rows = min(MC, m - i0);
        packPanels(aPack, 4, rows, depth, a + (<usize>(i0 * aRow + k0 * aCol) << 2), aRow, aCol);
        for (let j = 0; j < cols; j += 8) {
          const bPanel = bPack + (<usize>(j * depth) << 2);
          const width = cols - j;
          for (let i = 0; i < rows; i += 4) {
            const aPanel = aPack + (<usize>(i * depth) << 2);
            const at = c + (<usize>((i0 + i) * ldc + j0 + j) << 2);
            if (width >= 8 && rows - i >= 4) tile(depth, aPanel, bPanel, at, rowBytes, add);
            else edgeTile(depth, aPanel, bPanel, at, rowBytes, min(4, rows - i), min(8, width), add, scratch);
          }
        }
      }
    }
  }
}
