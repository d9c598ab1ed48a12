// C = A B or C += A B for float32 matrices in any layout: 4 x 8 tiles in registers, B packed into panels where that pays.
//
// A's element (i, k) is at a + 4 (i aRow + k aCol), B's (k, j) at b + 4 (k bRow + j bCol), so the four transposed forms are
// four sets of strides. C is row-major with ldc floats from row to row.

import { packPanels } from './pack';
import { ROOM_BYTES, tiles } from './tile';

/** Rows of A, depth and columns of B that are done at a time: A's block stays in the second cache, a panel of B in the first. */
const MC: i32 = 128;
const KC: i32 = 256;
const NC: i32 = 512;
/** Columns of B that are packed together. */
const WIDE: i32 = 256;
/** So few rows use a panel of B too seldom to pay for packing it; some more, if its rows lie close together. */
const FEW_ROWS: i32 = 4;
const SOME_ROWS: i32 = 16;
const CLOSE: i32 = 128;
/** With so few columns a block of A is read too seldom to pay for packing it; with so many, packing pays even for rows. */
const FEW_COLS: i32 = 8;
const MANY_COLS: i32 = 256;
/** So few places apart from each other the first cache holds: a block of this depth is read in place. */
const SHALLOW: i32 = 32;

@inline
function roundUp(value: i32, step: i32): i32 {
  return (value + step - 1) / step * step;
}

/** The depth of a block: the same for all blocks but the last, which is not much less. It depends on k alone. */
@inline
function blockDepth(k: i32): i32 {
  const blocks = max(1, (k + KC - 1) / KC);
  return roundUp((k + blocks - 1) / blocks, 4);
}

/** Bytes of scratch memory that gemm needs for these sizes, and for any depth up to k: one less deep may have deeper blocks. */
export function gemmScratch(m: i32, n: i32, k: i32): f64 {
  const bColumns = m <= MC ? WIDE : roundUp(min(n, NC), WIDE);
  return <f64>ROOM_BYTES + <f64>(min(KC, roundUp(k, 4)) * 4) * <f64>(roundUp(min(m, MC), 4) + bColumns);
}

/** C = activation(A B + bias), with C added before the bias where `accumulate` is not 0. With k = 0 the product is all zeros. */
function product(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aCol: i32,
  b: usize, bRow: i32, bCol: i32,
  c: usize, ldc: i32, accumulate: i32,
  bias: usize, activation: i32, alpha: f32, scratch: usize,
): void {
  const deep = blockDepth(k);
  const rowBytes = <usize>ldc << 2;
  const packsA = n >= MANY_COLS || (aCol != 1 && n > FEW_COLS && k > SHALLOW);
  const readsB = bCol == 1 && (m <= FEW_ROWS || (m <= SOME_ROWS && bRow <= CLOSE));
  const aPack = scratch + ROOM_BYTES;
  const bPack = aPack + (packsA ? <usize>(roundUp(min(m, MC), 4) * deep) << 2 : 0);
  for (let j0 = 0; j0 < n; j0 += NC) {
    const cols = min(NC, n - j0);
    let k0 = 0;
    do {
      const depth = min(deep, k - k0);
      const last = k0 + depth >= k;
      const add = accumulate | i32(k0 > 0);
      for (let i0 = 0; i0 < m; i0 += MC) {
        const rows = min(MC, m - i0);
        let aAt = a + (<usize>(i0 * aRow + k0 * aCol) << 2);
        let aLane = <usize>aRow << 2, aStep = <usize>aCol << 2, aPanel = aLane << 2;
        if (packsA) {
          packPanels(aPack, 4, rows, depth, aAt, aRow, aCol);
          aAt = aPack;
          aLane = 4;
          aStep = 16;
          aPanel = <usize>depth << 4;
        }
        for (let j = 0; j < cols; j += 8) {
          const width = min(8, cols - j);
          let bAt = b + (<usize>(k0 * bRow + (j0 + j) * bCol) << 2);
          let bStep = <usize>bRow << 2;
          if (!readsB || width < 8) {
            // Panels that are used once are packed where the last ones were, which the first cache still holds.
            const panel = bPack + (<usize>((m <= MC ? j & (WIDE - 8) : j) * depth) << 2);
            if (readsB) packPanels(panel, 8, width, depth, bAt, bCol, bRow);
            else if (i0 == 0 && (j & (WIDE - 8)) == 0) packPanels(panel, 8, min(WIDE, cols - j), depth, bAt, bCol, bRow);
            bAt = panel;
            bStep = 32;
          }
          tiles(
            rows, width, depth,
            aAt, aPanel, aLane, aStep,
            bAt, bStep,
            c + (<usize>(i0 * ldc + j0 + j) << 2), rowBytes, add,
            last && bias != 0 ? bias + (<usize>(j0 + j) << 2) : 0, last ? activation : 0, alpha, scratch,
          );
        }
      }
      k0 += depth;
    } while (k0 < k);
  }
}

/**
 * A range of the work of one product, or of a batch of them whose results follow each other in C. Each product is
 * `strips` strips of `rows` x `cols` of C, side by side or below each other; items are the strips of the first product,
 * then those of the second, …
 * `table` is 0 for one product, else the address of three integers for each: byte offsets from `a` and `b`, and the depth.
 */
export function gemmRange(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aCol: i32,
  b: usize, bRow: i32, bCol: i32,
  c: usize, accumulate: i32,
  bias: usize, activation: i32, alpha: f32,
  rows: i32, cols: i32, strips: i32, table: usize,
  first: i32, last: i32, scratch: usize,
): void {
  for (let item = first; item < last; ) {
    const index = item / strips;
    const from = item - index * strips;
    const to = min(strips, from + last - item);
    item += to - from;
    let aAt = a, bAt = b, depth = k;
    if (table != 0) {
      const entry = table + <usize>index * 12;
      aAt += load<u32>(entry);
      bAt += load<u32>(entry, 4);
      depth = load<i32>(entry, 8);
    }
    // Strips span all of one side, so of the two ranges one is the whole.
    const i0 = rows < m ? from * rows : 0, i1 = rows < m ? min(m, to * rows) : m;
    const j0 = rows < m ? 0 : from * cols, j1 = rows < m ? n : min(n, to * cols);
    product(
      i1 - i0, j1 - j0, depth,
      aAt + (<usize>(i0 * aRow) << 2), aRow, aCol,
      bAt + (<usize>(j0 * bCol) << 2), bRow, bCol,
      c + (<usize>((index * m + i0) * n + j0) << 2), n, accumulate,
      bias == 0 ? 0 : bias + (<usize>j0 << 2), activation, alpha, scratch,
    );
  }
}

/** C = or += the sum of `slices` arrays of `count` floats that follow each other; items are blocks of 256 floats. */
export function sumSlices(
  partials: usize, slices: i32, count: i32, c: usize, accumulate: i32,
  first: i32, last: i32, _scratch: usize,
): void {
  const sliceBytes = <usize>count << 2;
  const to = min(count, last << 8);
  let i = first << 8;
  for (; i + 4 <= to; i += 4) {
    let at = partials + (<usize>i << 2);
    let sum = v128.load(at);
    for (let s = 1; s < slices; s++) sum = f32x4.add(sum, v128.load((at += sliceBytes)));
    const out = c + (<usize>i << 2);
    v128.store(out, accumulate ? f32x4.add(v128.load(out), sum) : sum);
  }
  for (; i < to; i++) {
    let at = partials + (<usize>i << 2);
    let sum = load<f32>(at);
    for (let s = 1; s < slices; s++) sum += load<f32>((at += sliceBytes));
    const out = c + (<usize>i << 2);
    store<f32>(out, accumulate ? load<f32>(out) + sum : sum);
  }
}
