/** Floats in an item of the work. */
const BLOCK: i32 = 1024;

/** Spreads the bits of integers (the finaliser of MurmurHash3). */
@inline
function mix4(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** `scale` where the elements from `index` on are kept, else 0. */
@inline
function mask4(index: v128, low: i32, high: i32, least: i32, scale: f32): v128 {
  const bits = mix4(i32x4.add(mix4(v128.xor(index, i32x4.splat(low))), i32x4.splat(high)));
  return v128.andnot(f32x4.splat(scale), i32x4.lt_u(bits, i32x4.splat(least)));
}

/**
 * out = x times `scale`, or times 0 where the integer that the seed (low, high) gives the element is less than `least`, unsigned.
 * An item is a block of `count` floats.
 */
export function dropout(
  x: usize, out: usize, count: i32, low: i32, high: i32, least: i32, scale: f32, first: i32, last: i32, scratch: usize,
): void {
  const start = first * BLOCK, end = min(last * BLOCK, count);
  x += <usize>start << 2;
  out += <usize>start << 2;
  let index = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3)), i = start;
  for (; i + 4 <= end; i += 4, x += 16, out += 16, index = i32x4.add(index, i32x4.splat(4))) {
    v128.store(out, f32x4.mul(v128.load(x), mask4(index, low, high, least, scale)));
  }
  if (i == end) return;
  const bytes = <usize>(end - i) << 2;
  memory.copy(scratch, x, bytes);
  v128.store(scratch, f32x4.mul(v128.load(scratch), mask4(index, low, high, least, scale)));
  memory.copy(out, scratch, bytes);
}
