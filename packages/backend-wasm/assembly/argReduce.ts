// Where the first of the largest elements stands along one axis of x[outer, count, inner]. Items are those of `reduce`.
// A NaN is above all numbers, whether the largest or the smallest is looked for: the first one is found, as in NumPy.

import { BAND, startOf } from './reduce';

/** Elements of 64 bytes. */
const LANES: i32 = 16;
/** Bytes of the largest elements, and of their places, that belong to a line. */
const SLOT: usize = 128;

@inline
function fill(to: usize, value: v128): void {
  for (let at: usize = 0; at < 64; at += 16) v128.store(to + at, value);
}

@inline
function copy(to: usize, from: usize): void {
  for (let at: usize = 0; at < 64; at += 16) v128.store(to + at, v128.load(from + at));
}

@inline
function above(whole: bool, a: v128, b: v128): v128 {
  // Where b is a number: above it, or NaN.
  return whole ? i32x4.gt_s(a, b) : v128.andnot(f32x4.eq(b, b), f32x4.le(a, b));
}

@inline
function aboveOne(whole: bool, a: i32, b: i32): bool {
  if (whole) return a > b;
  const x = reinterpret<f32>(a), y = reinterpret<f32>(b);
  return x > y || (x != x && y == y);
}

/** 64 bytes of each of `rows` rows against what is in `slot`; the first of them is row `place`. */
@inline
function search(whole: bool, x: usize, rows: i32, step: usize, place: i32, slot: usize, turn: v128): void {
  let a = v128.load(slot), b = v128.load(slot, 16), c = v128.load(slot, 32), d = v128.load(slot, 48);
  let i = v128.load(slot, 64), j = v128.load(slot, 80), k = v128.load(slot, 96), l = v128.load(slot, 112);
  let at = i32x4.splat(place);
  for (; rows > 0; rows--, x += step) {
    let y = v128.xor(v128.load(x), turn), more = above(whole, y, a);
    a = v128.bitselect(y, a, more);
    i = v128.bitselect(at, i, more);
    y = v128.xor(v128.load(x, 16), turn);
    more = above(whole, y, b);
    b = v128.bitselect(y, b, more);
    j = v128.bitselect(at, j, more);
    y = v128.xor(v128.load(x, 32), turn);
    more = above(whole, y, c);
    c = v128.bitselect(y, c, more);
    k = v128.bitselect(at, k, more);
    y = v128.xor(v128.load(x, 48), turn);
    more = above(whole, y, d);
    d = v128.bitselect(y, d, more);
    l = v128.bitselect(at, l, more);
    at = i32x4.add(at, i32x4.splat(1));
  }
  v128.store(slot, a);
  v128.store(slot, b, 16);
  v128.store(slot, c, 32);
  v128.store(slot, d, 48);
  v128.store(slot, i, 64);
  v128.store(slot, j, 80);
  v128.store(slot, k, 96);
  v128.store(slot, l, 112);
}

function searchFloats(x: usize, rows: i32, step: usize, place: i32, slot: usize, turn: v128): void { search(false, x, rows, step, place, slot, turn); }
function searchInts(x: usize, rows: i32, step: usize, place: i32, slot: usize, turn: v128): void { search(true, x, rows, step, place, slot, turn); }

@inline
function call(whole: bool, x: usize, rows: i32, step: usize, place: i32, slot: usize, turn: v128): void {
  if (whole) searchInts(x, rows, step, place, slot, turn);
  else searchFloats(x, rows, step, place, slot, turn);
}

@inline
function most4(whole: bool, a: v128, b: v128): v128 {
  return whole ? i32x4.max_s(a, b) : f32x4.max(a, b);
}

/** The places in a slot of `lanes` where `most` stands, with 0 for a lane in which nothing was found, else the largest integer. */
@inline
function placesOf(whole: bool, slot: usize, most: v128, lanes: v128): v128 {
  const row = v128.load(slot, 64), value = v128.load(slot);
  const place = v128.andnot(i32x4.add(i32x4.shl(row, 4), lanes), i32x4.shr_s(row, 31));
  const same = whole
    ? i32x4.eq(value, most)
    : v128.or(f32x4.eq(value, most), v128.and(f32x4.ne(value, value), f32x4.ne(most, most)));
  return v128.bitselect(place, i32x4.splat(i32.MAX_VALUE), same);
}

/** A block of one column, of which `head` is the first element of all blocks. */
@inline
function column(
  whole: bool, x: usize, head: usize, from: i32, rows: i32, best: usize, places: usize, turn: i32, scratch: usize,
): void {
  let most = load<i32>(head) ^ turn, place = 0, r = 0;
  if (rows >= LANES) {
    fill(scratch, i32x4.splat(most));
    fill(scratch + 64, i32x4.splat(-1));
    call(whole, x, rows >> 4, 64, 0, scratch, i32x4.splat(turn));
    const low = most4(whole, v128.load(scratch), v128.load(scratch, 16));
    let all = most4(whole, low, most4(whole, v128.load(scratch, 32), v128.load(scratch, 48)));
    all = most4(whole, all, v128.shuffle<i64>(all, all, 1, 0));
    all = most4(whole, all, v128.shuffle<i32>(all, all, 1, 0, 3, 2));
    let first = placesOf(whole, scratch, all, i32x4(0, 1, 2, 3));
    first = i32x4.min_s(first, placesOf(whole, scratch + 16, all, i32x4(4, 5, 6, 7)));
    first = i32x4.min_s(first, placesOf(whole, scratch + 32, all, i32x4(8, 9, 10, 11)));
    first = i32x4.min_s(first, placesOf(whole, scratch + 48, all, i32x4(12, 13, 14, 15)));
    first = i32x4.min_s(first, v128.shuffle<i64>(first, first, 1, 0));
    first = i32x4.min_s(first, v128.shuffle<i32>(first, first, 1, 0, 3, 2));
    // What is no more than the head stands at the head, whichever block this is.
    if (aboveOne(whole, i32x4.extract_lane(all, 0), most)) place = from + i32x4.extract_lane(first, 0);
    most = i32x4.extract_lane(all, 0);
    r = rows & ~15;
  }
  for (x += <usize>r << 2; r < rows; r++, x += 4) {
    const value = load<i32>(x) ^ turn;
    const more = aboveOne(whole, value, most);
    most = select(value, most, more);
    place = select(from + r, place, more);
  }
  if (best != 0) store<i32>(best, most);
  store<i32>(places, place);
}

/** A block of rows shorter than 64 bytes; `head` is the first row of all blocks, `from` the place of the first of this one. */
@inline
function shortRows(
  whole: bool, x: usize, head: usize, from: i32, rows: i32, inner: i32, best: usize, places: usize, turn: i32, scratch: usize,
): void {
  const folded = rows / LANES, rowBytes = <usize>inner << 2;
  let column = 0;
  for (let g = 0; g < inner && folded > 0; g++) {
    const slot = scratch + <usize>g * SLOT;
    for (let lane: usize = 0; lane < 64; lane += 4) {
      store<i32>(slot + lane, load<i32>(head + (<usize>column << 2)) ^ turn);
      if (++column == inner) column = 0;
    }
    fill(slot + 64, i32x4.splat(-1));
    call(whole, x + (<usize>g << 6), folded, rowBytes << 4, 0, slot, i32x4.splat(turn));
  }
  for (let j = 0; j < inner; j++) {
    let most = load<i32>(head + (<usize>j << 2)) ^ turn, place = 0;
    if (folded > 0) {
      for (let k = 0; k < LANES; k++) {
        const lane = k * inner + j, slot = scratch + <usize>(lane >> 4) * SLOT + (<usize>(lane & 15) << 2);
        const row = load<i32>(slot, 64);
        if (row < 0) continue;
        const value = load<i32>(slot), here = from + row * LANES + k;
        // What is found in another lane may come first and be the same.
        if (aboveOne(whole, value, most) || (!aboveOne(whole, most, value) && here < place)) {
          most = value;
          place = here;
        }
      }
    }
    let at = x + <usize>(folded * LANES) * rowBytes + (<usize>j << 2);
    for (let r = folded * LANES; r < rows; r++, at += rowBytes) {
      const value = load<i32>(at) ^ turn;
      if (aboveOne(whole, value, most)) {
        most = value;
        place = from + r;
      }
    }
    if (best != 0) store<i32>(best + (<usize>j << 2), most);
    store<i32>(places + (<usize>j << 2), place);
  }
}

/** A block of `width` columns, 16 or more, of longer rows. */
@inline
function longRows(
  whole: bool, x: usize, head: usize, from: i32, rows: i32, width: i32, step: usize,
  best: usize, places: usize, turn: v128, scratch: usize,
): void {
  const slots = scratch + <usize>((width + LANES - 1) / LANES) * SLOT;
  let column = 0;
  for (let slot = scratch; slot < slots; slot += SLOT, column += LANES) {
    const start = head + (<usize>min(column, width - LANES) << 2);
    for (let at: usize = 0; at < 64; at += 16) v128.store(slot + at, v128.xor(v128.load(start + at), turn));
    fill(slot + 64, i32x4.splat(0));
  }
  for (let done = 0; done < rows; done += BAND) {
    const band = x + <usize>done * step;
    column = 0;
    // The last columns are done twice where they do not fill a line.
    for (let slot = scratch; slot < slots; slot += SLOT, column += LANES) {
      call(whole, band + (<usize>min(column, width - LANES) << 2), min(BAND, rows - done), step, from + done, slot, turn);
    }
  }
  column = 0;
  for (let slot = scratch; slot < slots; slot += SLOT, column += LANES) {
    const at = <usize>min(column, width - LANES) << 2;
    if (best != 0) copy(best + at, slot);
    copy(places + at, slot + 64);
  }
}

@inline
function items(
  whole: bool, x: usize, best: usize, places: usize, count: i32, inner: i32, blocks: i32, chunks: i32, turn: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const rowBytes = <usize>inner << 2;
  if (inner == 1 && blocks == 1) {
    for (let row = first; row < last; row++) {
      const at = x + <usize>row * <usize>count * 4;
      column(whole, at, at, 0, count, 0, places + (<usize>row << 2), turn, scratch);
    }
    return;
  }
  for (let item = first; item < last; item++) {
    const chunk = item % chunks, row = item / chunks, block = row % blocks;
    const from = startOf(block, count, blocks), rows = startOf(block + 1, count, blocks) - from;
    const left = startOf(chunk, inner, chunks), width = startOf(chunk + 1, inner, chunks) - left;
    const head = x + (<usize>(row / blocks) * <usize>count * <usize>inner + <usize>left << 2);
    const at = head + <usize>from * rowBytes, to = <usize>row * <usize>inner + <usize>left << 2;
    const bestAt = best == 0 ? 0 : best + to;
    if (inner >= LANES) {
      longRows(whole, at, head, from, rows, width, rowBytes, bestAt, places + to, i32x4.splat(turn), scratch);
    } else if (inner == 1) column(whole, at, head, from, rows, bestAt, places + to, turn, scratch);
    else shortRows(whole, at, head, from, rows, inner, bestAt, places + to, turn, scratch);
  }
}

/**
 * places[outer, inner] of the first of the largest elements along count, which is not 0; of int32 where `whole` is not 0.
 * Elements are compared after `turn` has turned their bits. With more blocks than one, places[outer, blocks, inner] and
 * best[outer, blocks, inner] are those of blocks, else `best` is 0.
 */
export function argReduce(
  whole: i32, x: usize, best: usize, places: usize, count: i32, inner: i32, blocks: i32, chunks: i32, turn: i32,
  first: i32, last: i32, scratch: usize,
): void {
  if (whole != 0) items(true, x, best, places, count, inner, blocks, chunks, turn, first, last, scratch);
  else items(false, x, best, places, count, inner, blocks, chunks, turn, first, last, scratch);
}

/** out[outer, inner] = the place of the best of all blocks. */
export function combinePlaces(whole: i32, best: usize, places: usize, out: usize, outer: i32, blocks: i32, inner: i32): void {
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++, out += 4) {
      let at = <usize>i * <usize>blocks * <usize>inner + <usize>j << 2;
      let most = load<i32>(best + at), place = load<i32>(places + at);
      for (let b = 1; b < blocks; b++) {
        at += <usize>inner << 2;
        const value = load<i32>(best + at);
        if (aboveOne(whole != 0, value, most)) {
          most = value;
          place = load<i32>(places + at);
        }
      }
      store<i32>(out, place);
    }
  }
}
