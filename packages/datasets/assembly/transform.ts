// The inverse cosine transform of Loeffler, Ligtenberg and Moschytz in integers of 13 bits, as libjpeg's default computes it
// (jidctint): the same sums in the same order, so that pixels are the same.

import { WORKSPACE } from './layout';

@inline function clamp(value: i32): u8 {
  return <u8>max(0, min(255, value + 128));
}

/** A block whose samples all have the value of its first coefficient. */
export function flatBlock(dc: i32, divisors: usize, out: usize, stride: usize): void {
  const value = <u64>clamp(((dc * load<i32>(divisors) << 2) + 16) >> 5) * 0x0101010101010101;
  for (let y: usize = 0; y < 8; y++) store<u64>(out + y * stride, value);
}

/** Coefficients times divisors, transformed to 8 rows of 8 samples. */
export function transformBlock(block: usize, divisors: usize, out: usize, stride: usize): void {
  for (let x: usize = 0; x < 8; x++) {
    const from = block + 2 * x;
    const by = divisors + 4 * x;
    const to = WORKSPACE + 4 * x;
    const c1 = <i32>load<i16>(from, 16), c2 = <i32>load<i16>(from, 32), c3 = <i32>load<i16>(from, 48);
    const c4 = <i32>load<i16>(from, 64), c5 = <i32>load<i16>(from, 80), c6 = <i32>load<i16>(from, 96);
    const c7 = <i32>load<i16>(from, 112);
    const v0 = <i32>load<i16>(from) * load<i32>(by);
    if ((c1 | c2 | c3 | c4 | c5 | c6 | c7) == 0) {
      const value = v0 << 2;
      for (let y: usize = 0; y < 256; y += 32) store<i32>(to + y, value);
      continue;
    }
    pass(
      v0, c1 * load<i32>(by, 32), c2 * load<i32>(by, 64), c3 * load<i32>(by, 96),
      c4 * load<i32>(by, 128), c5 * load<i32>(by, 160), c6 * load<i32>(by, 192), c7 * load<i32>(by, 224),
    );
    const half = 1 << 10;
    store<i32>(to, (e0 + o3 + half) >> 11);
    store<i32>(to, (e0 - o3 + half) >> 11, 224);
    store<i32>(to, (e1 + o2 + half) >> 11, 32);
    store<i32>(to, (e1 - o2 + half) >> 11, 192);
    store<i32>(to, (e2 + o1 + half) >> 11, 64);
    store<i32>(to, (e2 - o1 + half) >> 11, 160);
    store<i32>(to, (e3 + o0 + half) >> 11, 96);
    store<i32>(to, (e3 - o0 + half) >> 11, 128);
  }
  for (let y: usize = 0; y < 8; y++) {
    const from = WORKSPACE + 32 * y;
    const to = out + y * stride;
    pass(
      load<i32>(from), load<i32>(from, 4), load<i32>(from, 8), load<i32>(from, 12),
      load<i32>(from, 16), load<i32>(from, 20), load<i32>(from, 24), load<i32>(from, 28),
    );
    const half = 1 << 17;
    store<u8>(to, clamp((e0 + o3 + half) >> 18));
    store<u8>(to, clamp((e0 - o3 + half) >> 18), 7);
    store<u8>(to, clamp((e1 + o2 + half) >> 18), 1);
    store<u8>(to, clamp((e1 - o2 + half) >> 18), 6);
    store<u8>(to, clamp((e2 + o1 + half) >> 18), 2);
    store<u8>(to, clamp((e2 - o1 + half) >> 18), 5);
    store<u8>(to, clamp((e3 + o0 + half) >> 18), 3);
    store<u8>(to, clamp((e3 - o0 + half) >> 18), 4);
  }
}

let e0: i32, e1: i32, e2: i32, e3: i32, o0: i32, o1: i32, o2: i32, o3: i32;

/** One pass over eight values: sums of the even ones in `e`, of the odd ones in `o`. */
@inline function pass(v0: i32, v1: i32, v2: i32, v3: i32, v4: i32, v5: i32, v6: i32, v7: i32): void {
  const z = (v2 + v6) * 4433;
  const a2 = z - v6 * 15137;
  const a3 = z + v2 * 6270;
  const a0 = (v0 + v4) << 13;
  const a1 = (v0 - v4) << 13;
  e0 = a0 + a3;
  e3 = a0 - a3;
  e1 = a1 + a2;
  e2 = a1 - a2;
  const z5 = (v7 + v3 + v5 + v1) * 9633;
  const z1 = (v7 + v1) * -7373;
  const z2 = (v5 + v3) * -20995;
  const z3 = (v7 + v3) * -16069 + z5;
  const z4 = (v5 + v1) * -3196 + z5;
  o0 = v7 * 2446 + z1 + z3;
  o1 = v5 * 16819 + z2 + z4;
  o2 = v3 * 25172 + z2 + z3;
  o3 = v1 * 12299 + z1 + z4;
}
