// Scaled dot-product attention in blocks of queries and keys, so that scores never leave the cache. The forward kernel keeps
// a block of scores by key: four queries are the lanes of a vector, and a softmax needs no sum across lanes.
// Source: Dao et al. 2022, arXiv:2205.14135.
//
// `g` is the address of: query length, key length, depth of keys, depth of values; bytes from position to position of
// queries and keys, and of values and outputs; whether it is causal; the mask's kind (0 none, 1 bool, 2 float) and its
// elements from query to query and from key to key.

import { log4 } from './logarithm';
import { expBelow4 } from './math';
import { packPanels } from './pack';
import { rowDot } from './rows';
import { ROOM_BYTES, tiles } from './tile';

/** Queries and keys of a block. Sums over keys are taken block by block, so results depend on KEYS. */
const QUERIES: i32 = 64;
const KEYS: i32 = 64;
const QUERY_ROW: usize = <usize>QUERIES * 4;
const KEY_ROW: usize = <usize>KEYS * 4;
const BLOCK_BYTES: i32 = QUERIES * KEYS * 4;
/** Rows so close together stay in the first cache as they lie; others are copied. */
const CLOSE: usize = 256;

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

@inline
function roundUp8(n: i32): i32 {
  return (n + 7) & ~7;
}

/** Blocks of queries: the items of `attention`. */
export function attentionQueryBlocks(length: i32): i32 {
  return (length + QUERIES - 1) / QUERIES;
}

/** Blocks of keys: those of `attentionGrad`. */
export function attentionKeyBlocks(length: i32): i32 {
  return (length + KEYS - 1) / KEYS;
}

/** Bytes of scratch memory for the forward kernel. */
export function attentionScratch(keyDepth: i32, valueDepth: i32): f64 {
  const rows = <f64>QUERIES * <f64>keyDepth + <f64>KEYS * <f64>roundUp8(valueDepth);
  return <f64>(ROOM_BYTES + BLOCK_BYTES + 2 * <i32>QUERY_ROW) + 4 * rows;
}

/** Bytes of scratch memory for the backward kernel. */
export function attentionGradScratch(keyDepth: i32, valueDepth: i32): f64 {
  const d = <f64>roundUp8(keyDepth), w = <f64>roundUp8(valueDepth);
  return <f64>(ROOM_BYTES + 2 * BLOCK_BYTES) + 4 * (<f64>KEYS * (2 * d + w) + <f64>QUERIES * (d + w));
}

/** The positions of a block in panels of 8, position by position along the depth: times `scale`, unless that is 1. */
function packTransposed(to: usize, rows: i32, depth: i32, from: usize, step: usize, scale: f32): void {
  packPanels(to, 8, rows, depth, from, <i32>(step >> 2), 1);
  if (scale == 1) return;
  const end = to + (<usize>(roundUp8(rows) * depth) << 2);
  const by = f32x4.splat(scale);
  for (; to < end; to += 16) v128.store(to, f32x4.mul(v128.load(to), by));
}

/** C[rows][cols] = or += A B, with B in panels of 8 columns that are `bPanel` bytes apart. */
function product(
  rows: i32, cols: i32, n: i32, a: usize, aPanel: usize, aRow: usize, aStep: usize,
  b: usize, bPanel: usize, bStep: usize, c: usize, cRow: usize, accumulate: i32, room: usize,
): void {
  for (let j = 0; j < cols; j += 8) {
    tiles(rows, min(8, cols - j), n, a, aPanel, aRow, aStep, b, bStep, c, cRow, accumulate, 0, 0, 0, room);
    b += bPanel;
    c += 32;
  }
}

/** Adds the mask to a block of scores, and hides what it hides. Scores are `byQuery` and `byKey` bytes apart. */
function hide(g: usize, mask: usize, q0: i32, n: i32, k0: i32, m: i32, out: usize, byQuery: usize, byKey: usize): void {
  const kind = maskKind(g);
  if (kind != 0) {
    for (let i = 0; i < n; i++) {
      let at = <usize>(q0 + i) * maskByQuery(g) + <usize>k0 * maskByKey(g);
      let to = out + <usize>i * byQuery;
      for (let j = 0; j < m; j++, at += maskByKey(g), to += byKey) {
        if (kind == 2) store<f32>(to, load<f32>(to) + load<f32>(mask + (at << 2)));
        else if (load<u8>(mask + at) == 0) store<f32>(to, -Infinity);
      }
    }
  }
  if (causal(g) && k0 + m - 1 > q0) {
    for (let i = 0; i < n; i++) {
      for (let j = max(0, q0 + i + 1 - k0); j < m; j++) {
        store<f32>(out + <usize>i * byQuery + <usize>j * byKey, -Infinity);
      }
    }
  }
}

/**
 * out = softmax(scale q k^T + mask) v; an item is a block of queries of a head. `offsets` has five numbers a head: the
 * bytes from the start of the tensor of q, k, v and out, and elements of the mask. `logs` receives ln Σ of each query.
 */
export function attention(
  g: usize, offsets: usize, q: usize, k: usize, v: usize, mask: usize, out: usize, logs: usize, scale: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const room = scratch, block = room + ROOM_BYTES, most = block + BLOCK_BYTES, sums = most + QUERY_ROW;
  const packed = sums + QUERY_ROW, packedValues = packed + (<usize>(QUERIES * depth(g)) << 2);
  const blocks = attentionQueryBlocks(queries(g));
  const step = valueStep(g), narrow = keyStep(g);
  const wide = valueDepth(g), deep = depth(g);
  const inPlace = step <= CLOSE && (wide & 7) == 0;
  for (let item = first; item < last; item++) {
    const head = item / blocks, q0 = (item % blocks) * QUERIES;
    const n = min(QUERIES, queries(g) - q0);
    const at = offsets + <usize>head * 20;
    const keyAt = k + load<u32>(at, 4), valueAt = v + load<u32>(at, 8);
    const maskAt = mask + (<usize>load<u32>(at, 16) << (maskKind(g) == 2 ? 2 : 0));
    const outAt = out + load<u32>(at, 12) + <usize>q0 * step;
    packTransposed(packed, n, deep, q + load<u32>(at) + <usize>q0 * narrow, narrow, scale);
    for (let i: usize = 0; i < QUERY_ROW; i += 16) {
      v128.store(most + i, f32x4.splat(-Infinity));
      v128.store(sums + i, f32x4.splat(0));
    }
    const end = causal(g) ? min(keys(g), q0 + n) : keys(g);
    if (end == 0) {
      for (let i = 0; i < n; i++) memory.fill(outAt + <usize>i * step, 0, <usize>wide << 2);
    }
    for (let k0 = 0; k0 < end; k0 += KEYS) {
      const m = min(KEYS, end - k0);
      product(
        m, roundUp8(n), deep, keyAt + <usize>k0 * narrow, 4 * narrow, narrow, 4,
        packed, <usize>deep << 5, 32, block, QUERY_ROW, 0, room,
      );
      hide(g, maskAt, q0, n, k0, m, block, 4, QUERY_ROW);
      for (let i = 0; i < n; i += 4) {
        const lane = <usize>i << 2;
        const fade = weigh(block + lane, m, most + lane, sums + lane);
        if (k0 > 0) scaleRows(outAt + <usize>i * step, step, min(4, n - i), wide, fade);
      }
      let b = valueAt + <usize>k0 * step;
      if (!inPlace) {
        packPanels(packedValues, 8, wide, m, b, 1, <i32>(step >> 2));
        b = packedValues;
      }
      product(
        n, wide, m, block, 16, 4, QUERY_ROW,
        b, inPlace ? 32 : <usize>m << 5, inPlace ? step : 32, outAt, step, i32(k0 > 0), room,
      );
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

/**
 * Turns the scores of four queries, one vector a key, into e^(score - largest so far), and adds them to `sums`. Returns what
 * former sums were multiplied by, since the largest has changed.
 */
function weigh(scores: usize, m: i32, most: usize, sums: usize): v128 {
  const before = v128.load(most);
  const stop = scores + <usize>m * QUERY_ROW;
  // NaN is not the largest, but makes the sum NaN.
  let top = before;
  for (let p = scores; p < stop; p += QUERY_ROW) top = f32x4.pmax(top, v128.load(p));
  v128.store(most, top);
  // A query that sees no key yet: e^(-∞ - 0) is 0, where -∞ - -∞ is no number.
  const shift = v128.andnot(top, f32x4.eq(top, f32x4.splat(-Infinity)));
  const fade = expBelow4(f32x4.sub(before, shift));
  let sum = f32x4.mul(v128.load(sums), fade);
  for (let p = scores; p < stop; p += QUERY_ROW) {
    const e = expBelow4(f32x4.sub(v128.load(p), shift));
    v128.store(p, e);
    sum = f32x4.add(sum, e);
  }
  v128.store(sums, sum);
  return fade;
}

/** Multiplies each of up to four rows by its lane of `by`. */
function scaleRows(x: usize, step: usize, rows: i32, cols: i32, by: v128): void {
  for (let i = 0; i < rows; i++) {
    const factor = i32x4.splat(i32x4.extract_lane(by, 0));
    by = v128.shuffle<i32>(by, by, 1, 2, 3, 0);
    let at = x;
    let left = cols;
    for (; left >= 4; left -= 4, at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
    for (; left > 0; left--, at += 4) store<f32>(at, load<f32>(at) * f32x4.extract_lane(factor, 0));
    x += step;
  }
}

/**
 * Gradients of q, k and v, the scores computed again from `logs`, [queries][keys]. With P the weights and D = Σ dy out of a
 * query: dV = P^T dy, dS = P (dy V^T - D), dQ = scale dS K, dK = scale dS^T Q.
 *
 * An item is a head, and dQ the sum over its blocks of keys, which are all of them: `from` is 0. Or, where `partBytes` is
 * not 0, an item is one of `blocks` blocks of keys of a head, the first of which is block `from`, and its part of dQ is
 * written `partBytes` after that of the block before: the sum of these, from the first to the last, has the same bits.
 */
export function attentionGrad(
  g: usize, offsets: usize, q: usize, k: usize, v: usize, mask: usize, out: usize, logs: usize, dy: usize,
  dq: usize, dk: usize, dv: usize, scale: f32, partBytes: usize, from: i32, blocks: i32, first: i32, last: i32, scratch: usize,
): void {
  const d = roundUp8(depth(g)), w = roundUp8(valueDepth(g));
  const room = scratch, weights = room + ROOM_BYTES, rates = weights + BLOCK_BYTES;
  const keysAcross = rates + BLOCK_BYTES;
  const valuesAcross = keysAcross + KEY_ROW * <usize>d;
  const keysDown = valuesAcross + KEY_ROW * <usize>w;
  const queriesDown = keysDown + KEY_ROW * <usize>d;
  const dyDown = queriesDown + QUERY_ROW * <usize>d;
  const step = valueStep(g), narrow = keyStep(g);
  const wide = valueDepth(g), deep = depth(g);
  const stride = <i32>(step >> 2), narrowStride = <i32>(narrow >> 2);
  if (partBytes == 0) {
    first *= blocks;
    last *= blocks;
  }
  for (let item = first; item < last; item++) {
    const head = item / blocks, index = item % blocks, k0 = (from + index) * KEYS;
    const m = min(KEYS, keys(g) - k0);
    const at = offsets + <usize>head * 20;
    const queryAt = load<u32>(at), outAt = load<u32>(at, 12);
    const maskAt = mask + (<usize>load<u32>(at, 16) << (maskKind(g) == 2 ? 2 : 0));
    const keyRow = <usize>load<u32>(at, 4) + <usize>k0 * narrow, valueRow = <usize>load<u32>(at, 8) + <usize>k0 * step;
    packTransposed(keysAcross, m, deep, k + keyRow, narrow, scale);
    packTransposed(valuesAcross, m, wide, v + valueRow, step, 1);
    packPanels(keysDown, 8, deep, m, k + keyRow, 1, narrowStride);
    // Queries before this see none of these keys.
    const start = causal(g) ? min(k0 / QUERIES * QUERIES, queries(g)) : 0;
    if (start >= queries(g)) {
      for (let i = 0; i < m; i++) {
        memory.fill(dk + keyRow + <usize>i * narrow, 0, <usize>deep << 2);
        memory.fill(dv + valueRow + <usize>i * step, 0, <usize>wide << 2);
      }
    }
    const part = dq + <usize>index * partBytes + queryAt;
    if (partBytes != 0) {
      for (let i = 0; i < start; i++) memory.fill(part + <usize>i * narrow, 0, <usize>deep << 2);
    }
    for (let q0 = start; q0 < queries(g); q0 += QUERIES) {
      const n = min(QUERIES, queries(g) - q0);
      const queryRow = <usize>queryAt + <usize>q0 * narrow, outRow = <usize>outAt + <usize>q0 * step;
      product(
        n, roundUp8(m), deep, q + queryRow, 4 * narrow, narrow, 4, keysAcross, <usize>deep << 5, 32, weights, KEY_ROW, 0, room,
      );
      product(
        n, roundUp8(m), wide, dy + outRow, 4 * step, step, 4, valuesAcross, <usize>wide << 5, 32, rates, KEY_ROW, 0, room,
      );
      hide(g, maskAt, q0, n, k0, m, weights, KEY_ROW, 4);
      for (let i: usize = 0; i < <usize>n; i++) {
        const log = load<f32>(logs + (<usize>(head * queries(g) + q0 + <i32>i) << 2));
        const dot = <f32>rowDot(out + outRow + i * step, dy + outRow + i * step, wide);
        rateRow(weights + i * KEY_ROW, rates + i * KEY_ROW, m, log, dot, scale);
      }
      const add = i32(q0 > start);
      packPanels(dyDown, 8, wide, n, dy + outRow, 1, stride);
      product(m, wide, n, weights, 16, 4, KEY_ROW, dyDown, <usize>n << 5, 32, dv + valueRow, step, add, room);
      packPanels(queriesDown, 8, deep, n, q + queryRow, 1, narrowStride);
      product(m, deep, n, rates, 16, 4, KEY_ROW, queriesDown, <usize>n << 5, 32, dk + keyRow, narrow, add, room);
      product(
        n, deep, m, rates, 4 * KEY_ROW, KEY_ROW, 4, keysDown, <usize>m << 5, 32,
        part + <usize>q0 * narrow, narrow, i32(partBytes == 0 && k0 > 0), room,
      );
    }
  }
}

/** A query's scores become its weights, and the gradients of the weights those of the unscaled scores. */
function rateRow(weights: usize, rates: usize, m: i32, log: f32, dot: f32, scale: f32): void {
  const log4 = f32x4.splat(log), dot4 = f32x4.splat(dot), scale4 = f32x4.splat(scale);
  const end = weights + (<usize>m << 2);
  for (; weights < end; weights += 16, rates += 16) {
    const p = expBelow4(f32x4.sub(v128.load(weights), log4));
    v128.store(weights, p);
    v128.store(rates, f32x4.mul(f32x4.mul(p, scale4), f32x4.sub(v128.load(rates), dot4)));
  }
}
