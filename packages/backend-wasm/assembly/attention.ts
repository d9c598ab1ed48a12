// Scaled dot-product attention in blocks of 32 queries and 64 keys, so that scores never leave the cache. Blocks of
// scores are kept by key, [64][32]: four queries are the lanes of a vector, so that a softmax needs no sum across lanes,
// and keys and values are read as they lie. Depths are multiples of 8. Source: Dao et al. 2022, arXiv:2205.14135.
//
// `g` is the address of: query length, key length, depth of keys, depth of values; bytes from position to position of
// queries and keys, and of values and outputs; whether it is causal; the mask's kind (0 none, 1 bool, 2 float) and its
// elements from query to query and from key to key.

import { fma4 } from './fma';
import { log4 } from './logarithm';
import { exp4 } from './math';

const QUERIES: i32 = 32;
const KEYS: i32 = 64;
const ROW: usize = 128;
const BLOCK_BYTES: usize = 8192;

@inline function queries(g: usize): i32 { return load<i32>(g); }
@inline function keys(g: usize): i32 { return load<i32>(g, 4); }
@inline function depth(g: usize): i32 { return load<i32>(g, 8); }
@inline function valueDepth(g: usize): i32 { return load<i32>(g, 12); }
@inline function keyStep(g: usize): usize { return load<u32>(g, 16); }
@inline function valueStep(g: usize): usize { return load<u32>(g, 20); }
@inline function causal(g: usize): bool { return load<i32>(g, 24) != 0; }
@inline function maskKind(g: usize): i32 { return load<i32>(g, 28); }
@inline function maskByQuery(g: usize): usize { return load<u32>(g, 32); }
@inline function maskByKey(g: usize): usize { return load<u32>(g, 36); }

/** C[4][8] += A B: A's element (row, k) is at a + row aRow + k aStep bytes. Rows of A and C from `rows` on are not there. */
function tile(n: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize, rows: i32): void {
  const r1 = rows > 1 ? aRow : 0, r2 = rows > 2 ? 2 * aRow : 0, r3 = rows > 3 ? 3 * aRow : 0;
  let a1 = a + r1, a2 = a + r2, a3 = a + r3;
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (; n > 0; n--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
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
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bStep;
  }
  add8(c, c00, c01);
  if (rows > 1) add8(c + cRow, c10, c11);
  if (rows > 2) add8(c + 2 * cRow, c20, c21);
  if (rows > 3) add8(c + 3 * cRow, c30, c31);
}

@inline
function add8(c: usize, low: v128, high: v128): void {
  v128.store(c, f32x4.add(v128.load(c), low));
  v128.store(c, f32x4.add(v128.load(c, 16), high), 16);
}

/** C += A B for `rows` rows and `cols` columns, a multiple of 8. */
function product(
  rows: i32, cols: i32, n: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize,
): void {
  for (let j = 0; j < cols; j += 8) {
    const column = <usize>j << 2;
    for (let i = 0; i < rows; i += 4) {
      tile(n, a + <usize>i * aRow, aRow, aStep, b + column, bStep, c + <usize>i * cRow + column, cRow, rows - i);
    }
  }
}

/** out[depth][32] = scale · the rows of x; columns without a row are 0. */
function packRows(x: usize, step: usize, rows: i32, depth: i32, scale: f32, out: usize): void {
  memory.fill(out, 0, <usize>depth * ROW);
  for (let i = 0; i < rows; i++) {
    let from = x + <usize>i * step;
    let to = out + (<usize>i << 2);
    for (let k = 0; k < depth; k++, from += 4, to += ROW) store<f32>(to, load<f32>(from) * scale);
  }
}

/** Scores of a block, [keys][32]: (scale Q K^T)^T and the mask. */
function scores(g: usize, packed: usize, k: usize, mask: usize, q0: i32, n: i32, k0: i32, m: i32, out: usize): void {
  memory.fill(out, 0, <usize>m * ROW);
  product(m, QUERIES, depth(g), k, keyStep(g), 4, packed, ROW, out, ROW);
  const kind = maskKind(g);
  if (kind != 0) {
    for (let j = 0; j < m; j++) {
      let at = <usize>q0 * maskByQuery(g) + <usize>(k0 + j) * maskByKey(g);
      const to = out + <usize>j * ROW;
      for (let i: usize = 0; i < <usize>n; i++, at += maskByQuery(g)) {
        if (kind == 2) store<f32>(to + (i << 2), load<f32>(to + (i << 2)) + load<f32>(mask + (at << 2)));
        else if (load<u8>(mask + at) == 0) store<f32>(to + (i << 2), -Infinity);
      }
    }
  }
  if (causal(g) && k0 + m - 1 > q0) {
    for (let j = 0; j < m; j++) {
      const hidden = min(max(k0 + j - q0, 0), QUERIES);
      for (let i = 0; i < hidden; i++) store<f32>(out + <usize>j * ROW + (<usize>i << 2), -Infinity);
    }
  }
}

/** Keys that queries from q0 on may see. */
@inline
function visible(g: usize, q0: i32): i32 {
  return causal(g) ? min(keys(g), q0 + QUERIES) : keys(g);
}

/** Bytes of scratch memory for the forward kernel. */
export function attentionScratch(keyDepth: i32, valueDepth: i32): i32 {
  return <i32>BLOCK_BYTES + QUERIES * 4 * (keyDepth + 3);
}

/** Bytes of scratch memory for the backward kernel. */
export function attentionGradScratch(keyDepth: i32, valueDepth: i32): i32 {
  return 2 * <i32>BLOCK_BYTES + QUERIES * 4 * (keyDepth + valueDepth + 2);
}

/**
 * out = softmax(scale q k^T + mask) v; an item is a block of 32 queries of a head. `offsets` has five numbers a head: the
 * bytes from the start of the tensor of q, k, v and out, and elements of the mask. `logs` receives ln Σ of each query.
 */
export function attention(
  g: usize, offsets: usize, q: usize, k: usize, v: usize, mask: usize, out: usize, logs: usize, scale: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const block = scratch, most = scratch + BLOCK_BYTES, sums = most + ROW, packed = sums + ROW + ROW;
  const blocks = (queries(g) + QUERIES - 1) / QUERIES;
  const step = valueStep(g);
  const wide = valueDepth(g);
  for (let item = first; item < last; item++) {
    const head = item / blocks, q0 = (item % blocks) * QUERIES;
    const n = min(QUERIES, queries(g) - q0);
    const at = offsets + <usize>head * 20;
    const keyAt = k + load<u32>(at, 4), valueAt = v + load<u32>(at, 8);
    const maskAt = mask + (<usize>load<u32>(at, 16) << (maskKind(g) == 2 ? 2 : 0));
    const outAt = out + load<u32>(at, 12) + <usize>q0 * step;
    packRows(q + load<u32>(at) + <usize>q0 * keyStep(g), keyStep(g), n, depth(g), scale, packed);
    for (let i = 0; i < n; i++) memory.fill(outAt + <usize>i * step, 0, <usize>wide << 2);
    for (let i: usize = 0; i < ROW; i += 16) {
      v128.store(most + i, f32x4.splat(-Infinity));
      v128.store(sums + i, f32x4.splat(0));
    }
    const end = visible(g, q0);
    for (let k0 = 0; k0 < end; k0 += KEYS) {
      const m = min(KEYS, end - k0);
      scores(g, packed, keyAt + <usize>k0 * keyStep(g), maskAt, q0, n, k0, m, block);
      for (let i = 0; i < n; i += 4) {
        const lane = <usize>i << 2;
        const before = v128.load(most + lane);
        let top = before;
        const stop = block + lane + <usize>m * ROW;
        for (let p = block + lane; p < stop; p += ROW) top = f32x4.max(top, v128.load(p));
        v128.store(most + lane, top);
        // A query that sees no key yet: e^(-∞ - 0) is 0, where -∞ - -∞ is no number.
        const shift = v128.andnot(top, f32x4.eq(top, f32x4.splat(-Infinity)));
        const fade = exp4(f32x4.sub(before, shift));
        let sum = f32x4.mul(v128.load(sums + lane), fade);
        for (let p = block + lane; p < stop; p += ROW) {
          const e = exp4(f32x4.sub(v128.load(p), shift));
          v128.store(p, e);
          sum = f32x4.add(sum, e);
        }
        v128.store(sums + lane, sum);
        if (k0 > 0) scaleRows(outAt + <usize>i * step, step, min(4, n - i), wide, fade);
      }
      product(n, wide, m, block, 4, ROW, valueAt + <usize>k0 * step, step, outAt, step);
    }
    const kept = logs + (<usize>(head * queries(g) + q0) << 2);
    for (let i = 0; i < n; i += 4) {
      const lane = <usize>i << 2;
      const sum = v128.load(sums + lane);
      const none = f32x4.eq(sum, f32x4.splat(0));
      // Nothing seen: the output is 0, and e^(score - ∞) keeps it so in the gradient.
      const inverse = v128.andnot(f32x4.div(f32x4.splat(1), sum), none);
      const log = v128.bitselect(f32x4.splat(Infinity), f32x4.add(v128.load(most + lane), log4(sum)), none);
      v128.store(sums + lane, log);
      scaleRows(outAt + <usize>i * step, step, min(4, n - i), wide, inverse);
    }
    memory.copy(kept, sums, <usize>n << 2);
  }
}

/** Multiplies each of up to four rows by its lane of `by`. */
function scaleRows(x: usize, step: usize, rows: i32, cols: i32, by: v128): void {
  for (let i = 0; i < rows; i++) {
    const factor = i32x4.splat(i32x4.extract_lane(by, 0));
    by = v128.shuffle<i32>(by, by, 1, 2, 3, 0);
    const end = x + (<usize>cols << 2);
    for (let at = x; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
    x += step;
  }
}

/**
 * Gradients of q, k and v, the scores computed again from `logs`; an item is a head. With P the weights and D = Σ dy out
 * of a query: dV = P^T dy, dS = P (dy V^T - D), dQ = scale dS K, dK = scale dS^T Q.
 */
export function attentionGrad(
  g: usize, offsets: usize, q: usize, k: usize, v: usize, mask: usize, out: usize, logs: usize, dy: usize,
  dq: usize, dk: usize, dv: usize, scale: f32, first: i32, last: i32, scratch: usize,
): void {
  const weights = scratch, rates = scratch + BLOCK_BYTES, dots = rates + BLOCK_BYTES, saved = dots + ROW;
  const packed = saved + ROW;
  const packedRates = packed + <usize>depth(g) * ROW;
  const step = valueStep(g), narrow = keyStep(g);
  const wide = valueDepth(g);
  for (let head = first; head < last; head++) {
    const at = offsets + <usize>head * 20;
    const queryAt = load<u32>(at), keyAt = load<u32>(at, 4), valueAt = load<u32>(at, 8), outAt = load<u32>(at, 12);
    const maskAt = mask + (<usize>load<u32>(at, 16) << (maskKind(g) == 2 ? 2 : 0));
    for (let i = 0; i < keys(g); i++) {
      memory.fill(dk + keyAt + <usize>i * narrow, 0, <usize>depth(g) << 2);
      memory.fill(dv + valueAt + <usize>i * step, 0, <usize>wide << 2);
    }
    for (let q0 = 0; q0 < queries(g); q0 += QUERIES) {
      const n = min(QUERIES, queries(g) - q0);
      const queryRow = <usize>queryAt + <usize>q0 * narrow, outRow = <usize>outAt + <usize>q0 * step;
      packRows(q + queryRow, narrow, n, depth(g), scale, packed);
      packRows(dy + outRow, step, n, wide, 1, packedRates);
      for (let i = 0; i < QUERIES; i++) {
        let dot = f32x4.splat(0);
        const row = outRow + <usize>i * step;
        if (i < n) {
          memory.fill(dq + queryRow + <usize>i * narrow, 0, <usize>depth(g) << 2);
          for (let c: usize = 0; c < <usize>wide << 2; c += 16) dot = fma4(v128.load(out + row + c), v128.load(dy + row + c), dot);
        }
        const half = f32x4.add(dot, v128.shuffle<f64>(dot, dot, 1, 0));
        store<f32>(dots + (<usize>i << 2), f32x4.extract_lane(half, 0) + f32x4.extract_lane(half, 1));
        store<f32>(saved + (<usize>i << 2), i < n ? load<f32>(logs + (<usize>(head * queries(g) + q0 + i) << 2)) : Infinity);
      }
      const end = visible(g, q0);
      for (let k0 = 0; k0 < end; k0 += KEYS) {
        const m = min(KEYS, end - k0);
        const keyRow = <usize>keyAt + <usize>k0 * narrow, valueRow = <usize>valueAt + <usize>k0 * step;
        scores(g, packed, k + keyRow, maskAt, q0, n, k0, m, weights);
        memory.fill(rates, 0, <usize>m * ROW);
        product(m, QUERIES, wide, v + valueRow, step, 4, packedRates, ROW, rates, ROW);
        for (let lane: usize = 0; lane < ROW; lane += 16) {
          const log = v128.load(saved + lane), dot = v128.load(dots + lane);
          for (let j: usize = 0; j < <usize>m * ROW; j += ROW) {
            const p = exp4(f32x4.sub(v128.load(weights + lane + j), log));
            v128.store(weights + lane + j, p);
            const rate = f32x4.mul(p, f32x4.sub(v128.load(rates + lane + j), dot));
            v128.store(rates + lane + j, f32x4.mul(rate, f32x4.splat(scale)));
          }
        }
        product(m, wide, n, weights, ROW, 4, dy + outRow, step, dv + valueRow, step);
        product(n, depth(g), m, rates, 4, ROW, k + keyRow, narrow, dq + queryRow, narrow);
        product(m, depth(g), n, rates, ROW, 4, q + queryRow, narrow, dk + keyRow, narrow);
      }
    }
  }
}
