// What the recurrent kernels share. They read a sequence in one call, four rows of the batch to a block: an item of a split
// call is a block, since rows never meet. What comes in and goes out is [batch, time, …]; what is inside is [time, batch, …],
// so that the rows of a step lie together, the units are padded to a multiple of eight, and gates are interleaved: eight
// units of the first gate, the same units of the next, …, then the next eight units. So every tile is full, no loop has a
// tail, and from gate to gate of a unit it is 32 bytes.

import { fma4 } from './fma';

@inline
export function paddedBytes(units: i32): usize {
  return <usize>((units + 7) & ~7) << 2;
}

/** Bytes of a packed recurrent kernel, for either direction. */
export function recurrentPackedBytes(units: i32, gates: i32): f64 {
  return <f64>paddedBytes(units) * <f64>((units + 7) & ~7) * <f64>gates;
}

/** Up to four floats, zeros behind the last. */
@inline
function load4(from: usize, left: i32): v128 {
  if (left >= 4) return v128.load(from);
  let value = left > 0 ? v128.load32_zero(from) : f32x4.splat(0);
  if (left > 1) value = v128.load32_lane(from + 4, value, 1);
  if (left > 2) value = v128.load32_lane(from + 8, value, 2);
  return value;
}

/** Where the first gate of units `at` bytes into a row lies in a row of `gates` interleaved gates. */
@inline
export function interleaved(at: usize, gates: usize): usize {
  return (at & ~31) * gates + (at & 16);
}

/** Rows of `gates` runs of `units` floats, padded and interleaved; from 0: zeros. */
export function interleaveGates(rows: i32, units: i32, gates: i32, from: usize, to: usize): void {
  if (from == 0) {
    memory.fill(to, 0, <usize>(rows * gates) * paddedBytes(units));
    return;
  }
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < units; j += 8) {
      for (let gate = 0; gate < gates; gate++) {
        const at = from + (<usize>(gate * units + j) << 2);
        v128.store(to, load4(at, units - j));
        v128.store(to, load4(at + 16, units - j - 4), 16);
        to += 32;
      }
    }
    from += <usize>(gates * units) << 2;
  }
}

/** The reverse of {@link interleaveGates}. */
export function separateGates(rows: i32, units: i32, gates: i32, from: usize, to: usize): void {
  const row = <usize>gates * paddedBytes(units);
  for (let i = 0; i < rows; i++) {
    for (let gate = 0; gate < gates; gate++) {
      for (let j = 0; j < units; j += 8) {
        memory.copy(to, from + (<usize>(j * gates + 8 * gate) << 2), <usize>min(8, units - j) << 2);
        to += <usize>min(8, units - j) << 2;
      }
    }
    from += row;
  }
}

/** A row of `units` floats with zeros behind it; from 0: zeros. */
export function padRow(to: usize, from: usize, units: i32): void {
  memory.fill(to, 0, paddedBytes(units));
  if (from) memory.copy(to, from, <usize>units << 2);
}

@inline
export function addTo(to: usize, value: v128): void {
  v128.store(to, f32x4.add(v128.load(to), value));
}

/** Adds a row of `units` floats. */
export function addRow(to: usize, from: usize, units: i32): void {
  for (let left = units; left > 0; left -= 4, to += 16, from += 16) addTo(to, load4(from, left));
}

/** The recurrent kernel [units, gates · units] in panels of eight columns, each of `units` rows, for h U. */
export function packRecurrent(kernel: usize, units: i32, gates: i32, to: usize): void {
  const row = <usize>(gates * units) << 2;
  for (let j = 0; j < units; j += 8) {
    for (let gate = 0; gate < gates; gate++) {
      for (let k = 0; k < units; k++) {
        const from = kernel + row * k + (<usize>(gate * units + j) << 2);
        v128.store(to, load4(from, units - j));
        v128.store(to, load4(from + 16, units - j - 4), 16);
        to += 32;
      }
    }
  }
}

/** Its transpose in panels of eight columns (units), each of as many rows as there are interleaved gates, for dz Uᵀ. */
export function packRecurrentBack(kernel: usize, units: i32, gates: i32, to: usize): void {
  const row = <usize>(gates * units) << 2;
  const span = <i32>(paddedBytes(units) >> 2);
  for (let n = 0; n < units; n += 8) {
    for (let k = 0; k < span * gates; k++) {
      const unit = k / (8 * gates) * 8 + (k & 7), gate = (k >> 3) % gates;
      for (let lane = 0; lane < 8; lane++) {
        const lives = unit < units && n + lane < units;
        const from = kernel + row * (n + lane) + (<usize>(gate * units + unit) << 2);
        store<f32>(to + (<usize>lane << 2), lives ? load<f32>(from) : 0);
      }
      to += 32;
    }
  }
}

/**
 * C[4][8] = or += (up to four rows) (panel); rows that do not exist repeat the first. Beside the tile of gemm.ts because that
 * takes rows in any layout, parts of a tile and a bias: what it does before and after its loop takes a tenth of a product as
 * shallow as these.
 */
@inline
function tile(
  rows: i32, depth: i32, a: usize, aRow: usize, b: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  let a1 = rows > 1 ? a + aRow : a, a2 = rows > 2 ? a + 2 * aRow : a, a3 = rows > 3 ? a + 3 * aRow : a;
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = b + (<usize>depth << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
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
    a += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += 32;
  }
  const r1 = c + cRow, r2 = r1 + cRow, r3 = r2 + cRow;
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

/**
 * Rows of A, aRow bytes apart, times the panels of B: a panel stays in the first cache for all rows. C has room for the next
 * multiple of four rows, cRow bytes apart and long.
 */
export function product(
  rows: i32, depth: i32, a: usize, aRow: usize, b: usize, c: usize, cRow: usize, accumulate: bool,
): void {
  for (const end = c + cRow; c < end; c += 32) {
    for (let row = 0; row < rows; row += 4) {
      tile(rows - row, depth, a + aRow * row, aRow, b, c + cRow * row, cRow, accumulate);
    }
    b += <usize>depth << 5;
  }
}
