// Joining elements to their sum, product or maximum, in SIMD.

// The numbers of src/kernels/reductions/reduceOver.ts.
export const SUM: i32 = 0;
export const PRODUCT: i32 = 1;
export const MAX: i32 = 2;
export const SUM_INT: i32 = 3;
export const PRODUCT_INT: i32 = 4;
export const MAX_INT: i32 = 5;
export const MAX_BYTE: i32 = 8;

/** Rows, and lines of one row, that are added in float32: as many as equal numbers may be without an error. */
const RUN: i32 = 16;
const LINES: i32 = 8;

/** Whether results are float64 until they are complete. */
@inline
export function wide(op: i32): bool {
  return op == SUM || op == PRODUCT;
}

@inline
function join(op: i32, a: v128, b: v128): v128 {
  if (op == SUM) return f32x4.add(a, b);
  if (op == MAX) return f32x4.max(a, b);
  if (op == SUM_INT) return i32x4.add(a, b);
  if (op == PRODUCT_INT) return i32x4.mul(a, b);
  if (op == MAX_INT) return i32x4.max_s(a, b);
  return i8x16.max_u(a, b);
}

@inline
export function join64(op: i32, a: v128, b: v128): v128 {
  return op == SUM ? f64x2.add(a, b) : f64x2.mul(a, b);
}

/** What changes nothing. */
@inline
export function nothing(op: i32): v128 {
  if (op == SUM) return f64x2.splat(0);
  if (op == PRODUCT) return f64x2.splat(1);
  if (op == MAX) return f32x4.splat(-Infinity);
  if (op == PRODUCT_INT) return i32x4.splat(1);
  if (op == MAX_INT) return i32x4.splat(i32.MIN_VALUE);
  return i32x4.splat(0);
}

/** A minimum is a maximum of numbers whose order is turned around, by turning their sign or all of their bits. */
@inline
export function turned(op: i32, x: v128, turn: v128): v128 {
  return op == MAX || op == MAX_INT || op == MAX_BYTE ? v128.xor(x, turn) : x;
}

/** As `join`, but for NaN, which the maximum may lose; `known` and `restored` bring it back. */
@inline
function quick(op: i32, a: v128, b: v128): v128 {
  return op == MAX ? f32x4.pmax(a, b) : join(op, a, b);
}

@inline
function known(op: i32, all: v128, a: v128, b: v128): v128 {
  return op == MAX ? v128.and(all, v128.and(f32x4.eq(a, a), f32x4.eq(b, b))) : all;
}

@inline
function restored(op: i32, a: v128, all: v128): v128 {
  return op == MAX ? v128.bitselect(a, f32x4.splat(NaN), all) : a;
}

/** What changes nothing in an accumulator of four floats or of integers. */
@inline
function start(op: i32): v128 {
  return op == SUM ? f32x4.splat(0) : nothing(op);
}

@inline
function addWide(op: i32, slot: usize, low: v128, high: v128): void {
  v128.store(slot, join64(op, v128.load(slot), low));
  v128.store(slot, join64(op, v128.load(slot, 16), high), 16);
}

@inline
function lowHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

@inline
function highHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}

/** 64 bytes of each of `rows` rows, joined to what is in `slot`. */
@inline
function joinRows(op: i32, x: usize, rows: i32, step: usize, slot: usize, turn: v128): void {
  if (op == PRODUCT) {
    for (; rows > 0; rows--, x += step) {
      for (let at: usize = 0; at < 64; at += 16) {
        const four = v128.load(x + at);
        addWide(op, slot + (at << 1), lowHalf(four), highHalf(four));
      }
    }
    return;
  }
  while (rows > 0) {
    const run = op == SUM ? min(rows, RUN) : rows;
    rows -= run;
    const all = start(op);
    let a = all, b = all, c = all, d = all;
    let left = run;
    // Whether no NaN was met: the maximum that remembers it itself takes three times as long.
    let ka = i32x4.splat(-1), kb = ka, kc = ka, kd = ka;
    for (; left >= 4; left -= 4) {
      const y = x + step, z = y + step, w = z + step;
      let e = turned(op, v128.load(x), turn), f = turned(op, v128.load(y), turn);
      let g = turned(op, v128.load(z), turn), h = turned(op, v128.load(w), turn);
      ka = known(op, known(op, ka, e, f), g, h);
      a = quick(op, a, quick(op, quick(op, e, f), quick(op, g, h)));
      e = turned(op, v128.load(x, 16), turn), f = turned(op, v128.load(y, 16), turn);
      g = turned(op, v128.load(z, 16), turn), h = turned(op, v128.load(w, 16), turn);
      kb = known(op, known(op, kb, e, f), g, h);
      b = quick(op, b, quick(op, quick(op, e, f), quick(op, g, h)));
      e = turned(op, v128.load(x, 32), turn), f = turned(op, v128.load(y, 32), turn);
      g = turned(op, v128.load(z, 32), turn), h = turned(op, v128.load(w, 32), turn);
      kc = known(op, known(op, kc, e, f), g, h);
      c = quick(op, c, quick(op, quick(op, e, f), quick(op, g, h)));
      e = turned(op, v128.load(x, 48), turn), f = turned(op, v128.load(y, 48), turn);
      g = turned(op, v128.load(z, 48), turn), h = turned(op, v128.load(w, 48), turn);
      kd = known(op, known(op, kd, e, f), g, h);
      d = quick(op, d, quick(op, quick(op, e, f), quick(op, g, h)));
      x = w + step;
    }
    a = restored(op, a, ka);
    b = restored(op, b, kb);
    c = restored(op, c, kc);
    d = restored(op, d, kd);
    for (; left > 0; left--, x += step) {
      a = join(op, a, turned(op, v128.load(x), turn));
      b = join(op, b, turned(op, v128.load(x, 16), turn));
      c = join(op, c, turned(op, v128.load(x, 32), turn));
      d = join(op, d, turned(op, v128.load(x, 48), turn));
    }
    if (op == SUM) {
      addWide(op, slot, lowHalf(a), highHalf(a));
      addWide(op, slot + 32, lowHalf(b), highHalf(b));
      addWide(op, slot + 64, lowHalf(c), highHalf(c));
      addWide(op, slot + 96, lowHalf(d), highHalf(d));
    } else {
      v128.store(slot, join(op, v128.load(slot), a));
      v128.store(slot, join(op, v128.load(slot, 16), b), 16);
      v128.store(slot, join(op, v128.load(slot, 32), c), 32);
      v128.store(slot, join(op, v128.load(slot, 48), d), 48);
    }
  }
}

/** All lanes, in each of them. */
@inline
function joinLanes(op: i32, a: v128): v128 {
  if (wide(op)) return join64(op, a, v128.shuffle<i64>(a, a, 1, 0));
  a = join(op, a, v128.shuffle<i64>(a, a, 1, 0));
  a = join(op, a, v128.shuffle<i32>(a, a, 1, 0, 3, 2));
  if (op != MAX_BYTE) return a;
  a = join(op, a, v128.shuffle<i16>(a, a, 1, 0, 3, 2, 5, 4, 7, 6));
  return join(op, a, v128.shuffle<i8>(a, a, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
}

/** One element, or one of a slot, in the first lane. */
@inline
export function element(op: i32, x: usize): v128 {
  if (op == MAX_BYTE) return v128.load8_splat(x);
  if (wide(op)) return lowHalf(v128.load32_zero(x));
  return v128.load32_zero(x);
}

@inline
export function joinOne(op: i32, a: v128, b: v128): v128 {
  return wide(op) ? join64(op, a, b) : join(op, a, b);
}

/** All of `count` elements that follow each other, in the first lane. */
@inline
export function joinLine(op: i32, x: usize, count: i32, turn: v128): v128 {
  const bytes: usize = op == MAX_BYTE ? 0 : 2, lanes = 16 >> <i32>bytes, shift = 6 - <i32>bytes;
  let total = nothing(op);
  if (op == PRODUCT) {
    let p = total, q = total, r = total;
    for (; count >= 8; count -= 8, x += 32) {
      const e = v128.load(x), f = v128.load(x, 16);
      p = f64x2.mul(p, lowHalf(e));
      q = f64x2.mul(q, highHalf(e));
      r = f64x2.mul(r, lowHalf(f));
      total = f64x2.mul(total, highHalf(f));
    }
    total = f64x2.mul(f64x2.mul(total, p), f64x2.mul(q, r));
  } else {
    while (count >> shift > 0) {
      let lines = count >> shift;
      if (op == SUM) lines = min(lines, LINES);
      count -= lines << shift;
      const all = start(op);
      let a = all, b = all, c = all, d = all;
      let k = i32x4.splat(-1);
      for (; lines >= 2; lines -= 2, x += 128) {
        let e = turned(op, v128.load(x), turn), f = turned(op, v128.load(x, 64), turn);
        k = known(op, k, e, f);
        a = quick(op, a, quick(op, e, f));
        e = turned(op, v128.load(x, 16), turn), f = turned(op, v128.load(x, 80), turn);
        k = known(op, k, e, f);
        b = quick(op, b, quick(op, e, f));
        e = turned(op, v128.load(x, 32), turn), f = turned(op, v128.load(x, 96), turn);
        k = known(op, k, e, f);
        c = quick(op, c, quick(op, e, f));
        e = turned(op, v128.load(x, 48), turn), f = turned(op, v128.load(x, 112), turn);
        k = known(op, k, e, f);
        d = quick(op, d, quick(op, e, f));
      }
      for (; lines > 0; lines--, x += 64) {
        const e = turned(op, v128.load(x), turn), f = turned(op, v128.load(x, 16), turn);
        const g = turned(op, v128.load(x, 32), turn), h = turned(op, v128.load(x, 48), turn);
        k = known(op, known(op, k, e, f), g, h);
        a = quick(op, a, e);
        b = quick(op, b, f);
        c = quick(op, c, g);
        d = quick(op, d, h);
      }
      a = restored(op, quick(op, quick(op, a, b), quick(op, c, d)), k);
      total = op == SUM ? f64x2.add(total, f64x2.add(lowHalf(a), highHalf(a))) : join(op, total, a);
    }
  }
  for (; count >= lanes; count -= lanes, x += 16) {
    const four = turned(op, v128.load(x), turn);
    total = wide(op) ? join64(op, total, join64(op, lowHalf(four), highHalf(four))) : join(op, total, four);
  }
  total = joinLanes(op, total);
  for (; count > 0; count--, x += 1 << bytes) total = joinOne(op, total, turned(op, element(op, x), turn));
  return total;
}

// A function for each: V8 allocates registers poorly in one that holds them all.
function sumRows(x: usize, rows: i32, step: usize, slot: usize, turn: v128): void { joinRows(SUM, x, rows, step, slot, turn); }
function productRows(x: usize, rows: i32, step: usize, slot: usize, turn: v128): void { joinRows(PRODUCT, x, rows, step, slot, turn); }
function maxRows(x: usize, rows: i32, step: usize, slot: usize, turn: v128): void { joinRows(MAX, x, rows, step, slot, turn); }
function sumIntRows(x: usize, rows: i32, step: usize, slot: usize, turn: v128): void { joinRows(SUM_INT, x, rows, step, slot, turn); }
function productIntRows(x: usize, rows: i32, step: usize, slot: usize, turn: v128): void { joinRows(PRODUCT_INT, x, rows, step, slot, turn); }
function maxIntRows(x: usize, rows: i32, step: usize, slot: usize, turn: v128): void { joinRows(MAX_INT, x, rows, step, slot, turn); }
function maxByteRows(x: usize, rows: i32, step: usize, slot: usize, turn: v128): void { joinRows(MAX_BYTE, x, rows, step, slot, turn); }

@inline
export function joinRowsOf(op: i32, x: usize, rows: i32, step: usize, slot: usize, turn: v128): void {
  if (op == SUM) sumRows(x, rows, step, slot, turn);
  else if (op == PRODUCT) productRows(x, rows, step, slot, turn);
  else if (op == MAX) maxRows(x, rows, step, slot, turn);
  else if (op == SUM_INT) sumIntRows(x, rows, step, slot, turn);
  else if (op == PRODUCT_INT) productIntRows(x, rows, step, slot, turn);
  else if (op == MAX_INT) maxIntRows(x, rows, step, slot, turn);
  else maxByteRows(x, rows, step, slot, turn);
}
