// Which blocks of 4 x 4 pixels hold values that are out of proportion to their channel: what they add to a filter's gradient
// is computed directly, since Winograd's method would leave their rounding on elements that do not read them.

/**
 * sums[image, row of blocks, block, channel] = the sum of |x| of the block's pixels; the first block begins `top` and `left`
 * pixels outside the image. Items are rows of blocks; channels are a multiple of four.
 */
export function blockSums(
  x: usize, height: i32, width: i32, channels: i32, top: i32, left: i32, down: i32, across: i32, sums: usize,
  first: i32, last: i32, _scratch: usize,
): void {
  const bytes = <usize>channels << 2;
  const rowBytes = <usize>across * bytes;
  for (let item = first; item < last; item++) {
    const image = item / down;
    const h0 = 4 * (item - image * down) - top;
    const to = sums + <usize>item * rowBytes;
    memory.fill(to, 0, rowBytes);
    for (let h = max(0, h0); h < min(height, h0 + 4); h++) {
      let at = x + <usize>((image * height + h) * width) * bytes;
      for (let w = left; w < left + width; w++) {
        const put = to + <usize>(w >> 2) * bytes;
        for (let q: usize = 0; q < bytes; q += 16) {
          v128.store(put + q, f32x4.add(v128.load(put + q), f32x4.abs(v128.load(at + q))));
        }
        at += bytes;
      }
    }
  }
}

/** What a quarter of the bits of a float lacks to be near its fourth root: three quarters of the exponent's bias. */
const QUARTER: i32 = 799014912;
/** So often what stands out is set aside and the rest looked at again. */
const ROUNDS: i32 = 8;

/**
 * flags[block] = 1 where a channel has more than `limit` times its mean over the blocks, taken through fourth roots so that
 * few large ones do not hide each other, or has anything at all while no more than `few` blocks do. Zeros the sums that it
 * flags. Says how many blocks are flagged, or -1 where they do not come to an end.
 */
export function oddBlocks(sums: usize, blocks: i32, channels: i32, limit: f32, few: i32, flags: usize): i32 {
  const bytes = <usize>channels << 2;
  const end = sums + <usize>blocks * bytes;
  const zero = f32x4.splat(0);
  memory.fill(flags, 0, <usize>blocks << 2);
  for (let q: usize = 0; q < bytes; q += 16) {
    for (let round = 0; ; round++) {
      let roots = zero, most = zero, count = i32x4.splat(0);
      for (let at = sums + q; at < end; at += bytes) {
        const sum = v128.load(at);
        const there = f32x4.ne(sum, zero);
        roots = f32x4.add(roots, v128.and(there, i32x4.add(i32x4.shr_u(sum, 2), i32x4.splat(QUARTER))));
        count = i32x4.sub(count, there);
        most = f32x4.max(most, sum);
      }
      const root = f32x4.div(roots, f32x4.max(f32x4.convert_i32x4_s(count), f32x4.splat(1)));
      const square = f32x4.mul(root, root);
      const usual = f32x4.mul(f32x4.splat(limit), f32x4.mul(square, square));
      const highest = v128.andnot(usual, i32x4.le_s(count, i32x4.splat(few)));
      if (i32x4.all_true(f32x4.le(most, highest))) break;
      if (round == ROUNDS) return -1;
      let flag = flags;
      for (let at = sums + q; at < end; at += bytes) {
        const sum = v128.load(at);
        const low = f32x4.le(sum, highest);
        if (!i32x4.all_true(low)) {
          store<i32>(flag, 1);
          v128.store(at, v128.and(sum, low));
        }
        flag += 4;
      }
    }
  }
  let flagged = 0;
  for (let b: usize = 0; b < <usize>blocks; b++) flagged += load<i32>(flags + (b << 2));
  return flagged;
}
