// The inner product of all matrix products: tiles of 4 x 8 of C, computed in registers.

import { activate4, RELU } from './activation';
import { fma4 } from './fma';

/** Bytes of scratch memory that `tiles` needs as its `room`: a tile, and eight values of the bias. */
export const ROOM_BYTES: i32 = 160;

/** Copies a part of a tile, `cols` floats a row. */
function copyPart(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>cols; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)));
    from += fromRow;
    to += toRow;
  }
}

function activateTile(c: usize, rowBytes: usize, activation: i32, alpha: f32): void {
  for (let i = 0; i < 4; i++) {
    v128.store(c, activate4(v128.load(c), activation, alpha));
    v128.store(c, activate4(v128.load(c, 16), activation, alpha), 16);
    c += rowBytes;
  }
}

/**
 * C[rows][cols] = activation(A B + bias), or with C added before the bias where `accumulate` is not 0: a column of tiles,
 * so `cols` is at most 8.
 *
 * Row r of panel p of A starts at a + p aPanel + r aRow and goes aStep bytes for each step of the depth: packed panels
 * have aPanel = 16 depth, aRow = 4 and aStep = 16; a row-major matrix is read in place with aPanel = 4 aRow and aStep = 4.
 * B has 8 floats a step of the depth (zeros or anything after `cols`, but readable), bStep bytes apart.
 * `bias` is the address of `cols` floats, or 0; `room` is that of ROOM_BYTES of scratch memory.
 */
export function tiles(
  rows: i32, cols: i32, depth: i32,
  a: usize, aPanel: usize, aRow: usize, aStep: usize,
  b: usize, bStep: usize,
  c: usize, rowBytes: usize, accumulate: i32,
  bias: usize, activation: i32, alpha: f32, room: usize,
): void {
  const end = b + <usize>depth * bStep;
  const packed = aStep == 16 && aRow == 4;
  if (bias != 0 && cols < 8) {
    copyPart(bias, 0, room + 128, 0, 1, cols);
    bias = room + 128;
  }
  for (let i = 0; i < rows; i += 4) {
    // Rows that do not exist repeat the first: what comes of them is not copied to C.
    const live = min(4, rows - i);
    let a0 = a;
    let a1 = live > 1 ? a + aRow : a, a2 = live > 2 ? a + 2 * aRow : a, a3 = live > 3 ? a + 3 * aRow : a;
    let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
    let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
    let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
    let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
    // One step a turn: unrolled by hand this loop spills its accumulators and runs at half the speed.
    if (packed) {
      // One address serves four rows, which is three instructions fewer a turn.
      for (let at = b; at != end; at += bStep) {
        const b0 = v128.load(at), b1 = v128.load(at, 16);
        let x = v128.load_splat<f32>(a0);
        c00 = fma4(x, b0, c00);
        c01 = fma4(x, b1, c01);
        x = v128.load_splat<f32>(a0, 4);
        c10 = fma4(x, b0, c10);
        c11 = fma4(x, b1, c11);
        x = v128.load_splat<f32>(a0, 8);
        c20 = fma4(x, b0, c20);
        c21 = fma4(x, b1, c21);
        x = v128.load_splat<f32>(a0, 12);
        c30 = fma4(x, b0, c30);
        c31 = fma4(x, b1, c31);
        a0 += 16;
      }
    } else {
      for (let at = b; at != end; at += bStep) {
        const b0 = v128.load(at), b1 = v128.load(at, 16);
        let x = v128.load_splat<f32>(a0);
        c00 = fma4(x, b0, c00);
        c01 = fma4(x, b1, c01);
        x = v128.load_splat<f32>(a1);
        c10 = fma4(x, b0, c10);
        c11 = fma4(x, b1, c11);
        x = v128.load_splat<f32>(a2);
        c20 = fma4(x, b0, c20);
        c21 = fma4(x, b1, c21);
        x = v128.load_splat<f32>(a3);
        c30 = fma4(x, b0, c30);
        c31 = fma4(x, b1, c31);
        a0 += aStep;
        a1 += aStep;
        a2 += aStep;
        a3 += aStep;
      }
    }
    const part = cols < 8 || live < 4;
    const r0 = part ? room : c;
    const step = part ? 32 : rowBytes;
    const r1 = r0 + step, r2 = r1 + step, r3 = r2 + step;
    if (accumulate) {
      if (part) copyPart(c, rowBytes, room, 32, live, cols);
      c00 = f32x4.add(c00, v128.load(r0));
      c01 = f32x4.add(c01, v128.load(r0, 16));
      c10 = f32x4.add(c10, v128.load(r1));
      c11 = f32x4.add(c11, v128.load(r1, 16));
      c20 = f32x4.add(c20, v128.load(r2));
      c21 = f32x4.add(c21, v128.load(r2, 16));
      c30 = f32x4.add(c30, v128.load(r3));
      c31 = f32x4.add(c31, v128.load(r3, 16));
    }
    if (bias != 0) {
      const d0 = v128.load(bias), d1 = v128.load(bias, 16);
      c00 = f32x4.add(c00, d0);
      c01 = f32x4.add(c01, d1);
      c10 = f32x4.add(c10, d0);
      c11 = f32x4.add(c11, d1);
      c20 = f32x4.add(c20, d0);
      c21 = f32x4.add(c21, d1);
      c30 = f32x4.add(c30, d0);
      c31 = f32x4.add(c31, d1);
    }
    if (activation == RELU) {
      const zero = f32x4.splat(0);
      c00 = f32x4.pmax(c00, zero);
      c01 = f32x4.pmax(c01, zero);
      c10 = f32x4.pmax(c10, zero);
      c11 = f32x4.pmax(c11, zero);
      c20 = f32x4.pmax(c20, zero);
      c21 = f32x4.pmax(c21, zero);
      c30 = f32x4.pmax(c30, zero);
      c31 = f32x4.pmax(c31, zero);
    }
    v128.store(r0, c00);
    v128.store(r0, c01, 16);
    v128.store(r1, c10);
    v128.store(r1, c11, 16);
    v128.store(r2, c20);
    v128.store(r2, c21, 16);
    v128.store(r3, c30);
    v128.store(r3, c31, 16);
    if (activation > RELU) activateTile(r0, step, activation, alpha);
    if (part) copyPart(room, 32, c, rowBytes, live, cols);
    a += aPanel;
    c += 4 * rowBytes;
  }
}
