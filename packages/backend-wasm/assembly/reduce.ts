// Sums, products and extremes along one axis of x[outer, count, inner]. The axis is divided into `blocks` and the columns into
// `chunks`; an item is a block of a chunk of a row, and the partial results of blocks are reduced once more, in their order.
//
// Where inner is 1, four accumulators run along the row. Else 64 bytes of a row are worked on at a time; where rows are shorter,
// as many of them as a line has elements are taken together for one row, and folded in the end. Sums are taken in float32 over
// a few rows and in float64 over all of them: as fast as float32 alone, and a million terms keep seven digits. Products of
// floats are taken in float64.

import {
  element, joinLine, joinOne, joinRowsOf, MAX, MAX_BYTE, MAX_INT, nothing, PRODUCT, PRODUCT_INT, SUM, SUM_INT, turned, wide,
} from './join';

/** Rows of a wide matrix that are read before the next columns of the same rows are: they lie on the same pages. */
export const BAND: i32 = 32;

/** Two complete results in float32. */
@inline
function narrow(pair: v128, by: v128): v128 {
  return f32x4.demote_f64x2_zero(f64x2.mul(pair, by));
}

/** Writes a slot to the results: float64 where `partial`, which are wide ones only. */
@inline
function putSlot(op: i32, slot: usize, out: usize, partial: bool, scale: f64, turn: v128): void {
  if (wide(op)) {
    if (partial) {
      for (let at: usize = 0; at < 128; at += 16) v128.store(out + at, v128.load(slot + at));
      return;
    }
    const by = f64x2.splat(scale);
    for (let at: usize = 0; at < 64; at += 16) {
      const low = narrow(v128.load(slot + (at << 1)), by), high = narrow(v128.load(slot + (at << 1), 16), by);
      v128.store(out + at, v128.shuffle<i64>(low, high, 0, 2));
    }
    return;
  }
  for (let at: usize = 0; at < 64; at += 16) v128.store(out + at, turned(op, v128.load(slot + at), turn));
}

/** Writes the first lane to the results, as `putSlot` does. */
@inline
function putOne(op: i32, all: v128, out: usize, partial: bool, scale: f64, turn: v128): void {
  if (wide(op)) {
    const total = f64x2.extract_lane(all, 0);
    if (partial) store<f64>(out, total);
    else store<f32>(out, <f32>(total * scale));
  } else if (op == MAX_BYTE) store<u8>(out, i8x16.extract_lane_u(turned(op, all, turn), 0));
  else store<i32>(out, i32x4.extract_lane(turned(op, all, turn), 0));
}

/** Rows of `count` elements each; their results stand side by side. */
@inline
function joinLines(op: i32, x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void {
  const bytes: usize = op == MAX_BYTE ? 0 : 2, outBytes: usize = wide(op) && partial ? 3 : bytes;
  for (; rows > 0; rows--, x += <usize>count << bytes, out += 1 << outBytes) {
    putOne(op, joinLine(op, x, count, turn), out, partial, scale, turn);
  }
}

function sumLines(x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void { joinLines(SUM, x, count, rows, out, partial, scale, turn); }
function productLines(x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void { joinLines(PRODUCT, x, count, rows, out, partial, scale, turn); }
function maxLines(x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void { joinLines(MAX, x, count, rows, out, partial, scale, turn); }
function sumIntLines(x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void { joinLines(SUM_INT, x, count, rows, out, partial, scale, turn); }
function productIntLines(x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void { joinLines(PRODUCT_INT, x, count, rows, out, partial, scale, turn); }
function maxIntLines(x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void { joinLines(MAX_INT, x, count, rows, out, partial, scale, turn); }
function maxByteLines(x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void { joinLines(MAX_BYTE, x, count, rows, out, partial, scale, turn); }

@inline
function lines(op: i32, x: usize, count: i32, rows: i32, out: usize, partial: bool, scale: f64, turn: v128): void {
  if (op == SUM) sumLines(x, count, rows, out, partial, scale, turn);
  else if (op == PRODUCT) productLines(x, count, rows, out, partial, scale, turn);
  else if (op == MAX) maxLines(x, count, rows, out, partial, scale, turn);
  else if (op == SUM_INT) sumIntLines(x, count, rows, out, partial, scale, turn);
  else if (op == PRODUCT_INT) productIntLines(x, count, rows, out, partial, scale, turn);
  else if (op == MAX_INT) maxIntLines(x, count, rows, out, partial, scale, turn);
  else maxByteLines(x, count, rows, out, partial, scale, turn);
}

/** A block of rows shorter than 64 bytes, of `inner` columns. */
@inline
function shortRows(
  op: i32, x: usize, rows: i32, inner: i32, out: usize, partial: bool, scale: f64, turn: v128, scratch: usize,
): void {
  const bytes: usize = op == MAX_BYTE ? 0 : 2, slotBytes: usize = wide(op) ? 3 : bytes, lanes = 64 >> <i32>bytes;
  const folded = rows / lanes, rest = rows % lanes, rowBytes = <usize>inner << bytes;
  if (folded > 0) {
    const slots = <usize>(inner * lanes) << slotBytes;
    for (let at: usize = 0; at < slots; at += 16) v128.store(scratch + at, nothing(op));
    const line: usize = 64 << (slotBytes - bytes);
    for (let i = 0; i < inner; i++) joinRowsOf(op, x + (<usize>i << 6), folded, rowBytes << (6 - bytes), scratch + <usize>i * line, turn);
    x += <usize>(folded * lanes) * rowBytes;
  }
  for (let j = 0; j < inner; j++) {
    let all = nothing(op);
    if (folded > 0) {
      let slot = scratch + (<usize>j << slotBytes);
      for (let k = 0; k < lanes; k++, slot += <usize>inner << slotBytes) {
        all = joinOne(op, all, wide(op) ? v128.load64_zero(slot) : element(op, slot));
      }
    }
    let at = x + (<usize>j << bytes);
    for (let r = 0; r < rest; r++, at += rowBytes) all = joinOne(op, all, turned(op, element(op, at), turn));
    putOne(op, all, out + (<usize>j << (wide(op) && partial ? 3 : bytes)), partial, scale, turn);
  }
}

/** A block of `width` columns, 64 bytes or more, of longer rows. */
@inline
function longRows(
  op: i32, x: usize, rows: i32, width: i32, step: usize, out: usize, partial: bool, scale: f64, turn: v128, scratch: usize,
): void {
  const bytes: usize = op == MAX_BYTE ? 0 : 2, line: usize = wide(op) ? 128 : 64, lanes = 64 >> <i32>bytes;
  const outBytes: usize = wide(op) && partial ? 3 : bytes;
  const slots = scratch + <usize>((width + lanes - 1) / lanes) * line;
  for (let at = scratch; at < slots; at += 16) v128.store(at, nothing(op));
  for (let done = 0; done < rows; done += BAND) {
    const band = x + <usize>done * step;
    let column = 0;
    // The last columns are done twice where they do not fill a line.
    for (let slot = scratch; slot < slots; slot += line, column += lanes) {
      joinRowsOf(op, band + (<usize>min(column, width - lanes) << bytes), min(BAND, rows - done), step, slot, turn);
    }
  }
  let column = 0;
  for (let slot = scratch; slot < slots; slot += line, column += lanes) {
    putSlot(op, slot, out + (<usize>min(column, width - lanes) << outBytes), partial, scale, turn);
  }
}

/** Where the part `i` of `parts` of `count`, far fewer, begins: at a multiple of 16, so that lines of the cache stay whole. */
@inline
export function startOf(i: i32, count: i32, parts: i32): i32 {
  return i == parts ? count : <i32>(<i64>i * count / parts) & ~15;
}

@inline
function items(
  op: i32, x: usize, out: usize, count: i32, inner: i32, blocks: i32, chunks: i32, scale: f64, turn: v128,
  first: i32, last: i32, scratch: usize,
): void {
  const bytes: usize = op == MAX_BYTE ? 0 : 2;
  const partial = blocks > 1, outBytes: usize = wide(op) && partial ? 3 : bytes;
  const rowBytes = <usize>inner << bytes, long = rowBytes >= 64;
  if (inner == 1 && !partial) {
    const skipped = <usize>first * rowBytes;
    lines(op, x + skipped * <usize>count, count, last - first, out + skipped, false, scale, turn);
    return;
  }
  for (let item = first; item < last; item++) {
    let chunk = 0, row = item;
    if (chunks > 1) {
      chunk = item % chunks;
      row = item / chunks;
    }
    let block = 0, i = row;
    if (partial) {
      block = row % blocks;
      i = row / blocks;
    }
    const from = startOf(block, count, blocks), rows = startOf(block + 1, count, blocks) - from;
    const column = startOf(chunk, inner, chunks);
    const at = x + (<usize>i * <usize>count + <usize>from) * rowBytes;
    const to = out + (<usize>row * <usize>inner << outBytes);
    if (long) {
      const width = startOf(chunk + 1, inner, chunks) - column;
      longRows(op, at + (<usize>column << bytes), rows, width, rowBytes, to + (<usize>column << outBytes), partial, scale, turn, scratch);
    } else if (inner == 1) lines(op, at, rows, 1, to, partial, scale, turn);
    else shortRows(op, at, rows, inner, to, partial, scale, turn, scratch);
  }
}

/**
 * out[outer, inner] = x[outer, count, inner] reduced over count, which is not 0: sums and products of floats times `scale`,
 * extremes of numbers whose bits `turn` has turned. With more blocks than one, out[outer, blocks, inner] are the results of
 * blocks, sums and products of floats as float64 and not yet scaled. Items are outer · blocks · chunks.
 */
export function reduce(
  op: i32, x: usize, out: usize, count: i32, inner: i32, blocks: i32, chunks: i32, scale: f64, turn: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const t = i32x4.splat(turn);
  switch (op) {
    case SUM: return items(SUM, x, out, count, inner, blocks, chunks, scale, t, first, last, scratch);
    case PRODUCT: return items(PRODUCT, x, out, count, inner, blocks, chunks, scale, t, first, last, scratch);
    case MAX: return items(MAX, x, out, count, inner, blocks, chunks, scale, t, first, last, scratch);
    case SUM_INT: return items(SUM_INT, x, out, count, inner, blocks, chunks, scale, t, first, last, scratch);
    case PRODUCT_INT: return items(PRODUCT_INT, x, out, count, inner, blocks, chunks, scale, t, first, last, scratch);
    case MAX_INT: return items(MAX_INT, x, out, count, inner, blocks, chunks, scale, t, first, last, scratch);
    default: items(MAX_BYTE, x, out, count, inner, blocks, chunks, scale, t, first, last, scratch);
  }
}

/** out[outer, inner] = the sum, or product, of the blocks of partial[outer, blocks, inner], float64, times `scale`. */
export function combineBlocks(op: i32, partial: usize, out: usize, outer: i32, blocks: i32, inner: i32, scale: f64): void {
  const step = <usize>inner << 3;
  for (let i = 0; i < outer; i++, partial += <usize>blocks * step) {
    for (let j = 0; j < inner; j++, out += 4) {
      let total: f64 = op == SUM ? 0 : 1, at = partial + (<usize>j << 3);
      for (let b = 0; b < blocks; b++, at += step) {
        if (op == SUM) total += load<f64>(at);
        else total *= load<f64>(at);
      }
      store<f32>(out, <f32>(total * scale));
    }
  }
}
