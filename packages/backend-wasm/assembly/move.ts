// Copies between arrays of bytes whose axes have strides of their own. `axes` is the address of int32 values: for every axis,
// from the outermost, its size and how far it moves in the source and in the target, in bytes.

/** Rows of the last two axes in an item: one line of the cache. */
const BLOCK: i32 = 16;

@inline function sizeOf(axes: usize, axis: i32): i32 { return load<i32>(axes + <usize>(axis * 12)); }
@inline function fromOf(axes: usize, axis: i32): i32 { return load<i32>(axes + <usize>(axis * 12), 4); }
@inline function toOf(axes: usize, axis: i32): i32 { return load<i32>(axes + <usize>(axis * 12), 8); }

/** How far the item number `index` of the first `count` axes lies from the start; `field` is 4 for the source, 8 for the target. */
function distance(axes: usize, count: i32, index: i32, field: usize): i32 {
  let at: i32 = 0;
  for (let axis = count - 1; axis >= 0; axis--) {
    const size = sizeOf(axes, axis);
    at += (index % size) * load<i32>(axes + <usize>(axis * 12) + field);
    index /= size;
  }
  return at;
}

@inline
function runs<T>(from: usize, to: usize, count: i32, fromStep: i32, toStep: i32): void {
  for (let i = 0; i < count; i++, from += fromStep, to += toStep) store<T>(to, load<T>(from));
}

function rows1(from: usize, to: usize, count: i32, fromStep: i32, toStep: i32): void { runs<u8>(from, to, count, fromStep, toStep); }
function rows4(from: usize, to: usize, count: i32, fromStep: i32, toStep: i32): void { runs<u32>(from, to, count, fromStep, toStep); }

/** Rows of 16 to 256 bytes: vectors, of which the last may lie over the one before. */
function rowsOfVectors(from: usize, to: usize, count: i32, fromStep: i32, toStep: i32, bytes: usize): void {
  for (let i = 0; i < count; i++, from += fromStep, to += toStep) {
    for (let at: usize = 0; at + 16 < bytes; at += 16) v128.store(to + at, v128.load(from + at));
    v128.store(to + bytes - 16, v128.load(from + bytes - 16));
  }
}

function rowsOfAny(from: usize, to: usize, count: i32, fromStep: i32, toStep: i32, bytes: usize): void {
  // A call for each run would cost more than what it copies.
  for (; bytes < 16 && bytes > 0; bytes--, from++, to++) rows1(from, to, count, fromStep, toStep);
  if (bytes == 0) return;
  for (let i = 0; i < count; i++, from += fromStep, to += toStep) memory.copy(to, from, bytes);
}

/** Copies runs of `bytes` bytes. An item is a number of `block` runs along the last of the `rank` axes. */
export function moveRuns(
  axes: usize, rank: i32, from: usize, to: usize, bytes: i32, block: i32, first: i32, last: i32, _scratch: usize,
): void {
  const inner = rank - 1, size = sizeOf(axes, inner), fromStep = fromOf(axes, inner), toStep = toOf(axes, inner);
  const blocks = (size + block - 1) / block;
  for (let item = first; item < last; item++) {
    const outer = item / blocks, start = (item % blocks) * block, count = min(block, size - start);
    const source = from + distance(axes, inner, outer, 4) + start * fromStep;
    const target = to + distance(axes, inner, outer, 8) + start * toStep;
    if (bytes == 4) rows4(source, target, count, fromStep, toStep);
    else if (bytes == 1) rows1(source, target, count, fromStep, toStep);
    else if (bytes >= 16 && bytes <= 256) rowsOfVectors(source, target, count, fromStep, toStep, bytes);
    else rowsOfAny(source, target, count, fromStep, toStep, bytes);
  }
}

/** Up to 16 rows of the target, `cols` elements each, from columns of the source that stand next to each other. */
function turn4(from: usize, fromStep: i32, to: usize, toStep: i32, rows: i32, cols: i32): void {
  let col = 0;
  for (; col + 4 <= cols; col += 4) {
    const r0 = from + col * fromStep, r1 = r0 + fromStep, r2 = r1 + fromStep, r3 = r2 + fromStep;
    let out = to + (<usize>col << 2), row = 0;
    for (; row + 4 <= rows; row += 4) {
      const at = <usize>row << 2;
      const a = v128.load(r0 + at), b = v128.load(r1 + at), c = v128.load(r2 + at), d = v128.load(r3 + at);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const AB = v128.shuffle<i32>(a, b, 2, 6, 3, 7), CD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<i64>(ab, cd, 0, 2));
      out += toStep;
      v128.store(out, v128.shuffle<i64>(ab, cd, 1, 3));
      out += toStep;
      v128.store(out, v128.shuffle<i64>(AB, CD, 0, 2));
      out += toStep;
      v128.store(out, v128.shuffle<i64>(AB, CD, 1, 3));
      out += toStep;
    }
  }
  for (let row = rows & ~3; row < rows; row++) rows4(from + (<usize>row << 2), to + row * toStep, col, fromStep, 4);
  for (; col < cols; col++) rows4(from + col * fromStep, to + (<usize>col << 2), rows, 4, toStep);
}

/**
 * Copies elements of four bytes, where the axis before the last is the innermost of the source, and the last that of the
 * target. An item is 16 rows of the target.
 */
export function moveTurned(
  axes: usize, rank: i32, from: usize, to: usize, first: i32, last: i32, _scratch: usize,
): void {
  const outerAxes = rank - 2, size = sizeOf(axes, outerAxes), cols = sizeOf(axes, rank - 1);
  const fromStep = fromOf(axes, rank - 1), toStep = toOf(axes, outerAxes), blocks = (size + BLOCK - 1) / BLOCK;
  for (let item = first; item < last; item++) {
    const outer = item / blocks, start = (item % blocks) * BLOCK, rows = min(BLOCK, size - start);
    const source = from + distance(axes, outerAxes, outer, 4) + start * 4;
    const target = to + distance(axes, outerAxes, outer, 8) + start * toStep;
    turn4(source, fromStep, target, toStep, rows, cols);
  }
}
