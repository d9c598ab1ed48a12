// The different rows of a sequence: words, one-hot codes and padding repeat, and what is computed for a row need not be
// computed for its twins.

import { copyFloats } from './memory';

/** Odd, with bits in no pattern: the golden ratio and two primes. */
const SPREAD: i32 = 0x9e3779b1, MIX: u32 = 0x85ebca77, MIX_LAST: u32 = 0xc2b2ae3d;

function hashOf(row: usize, count: i32): u32 {
  const spread = i32x4.splat(SPREAD);
  let sum = i32x4.splat(count);
  let left = count;
  for (; left >= 4; left -= 4, row += 16) {
    sum = i32x4.mul(v128.xor(sum, v128.load(row)), spread);
    // Floats often end in zeros, which a product keeps: bits from above take their place.
    sum = v128.xor(sum, i32x4.shr_u(sum, 15));
  }
  let hash: u32 = i32x4.extract_lane(sum, 0);
  hash = hash * MIX ^ i32x4.extract_lane(sum, 1);
  hash = hash * MIX ^ i32x4.extract_lane(sum, 2);
  hash = hash * MIX ^ i32x4.extract_lane(sum, 3);
  for (; left > 0; left--, row += 4) hash = (hash ^ load<u32>(row)) * MIX;
  hash = (hash ^ hash >>> 15) * MIX_LAST;
  return hash ^ hash >>> 13;
}

function sameBits(a: usize, b: usize, count: i32): bool {
  let left = count;
  for (; left >= 4; left -= 4, a += 16, b += 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
  }
  for (; left > 0; left--, a += 4, b += 4) if (load<u32>(a) != load<u32>(b)) return false;
  return true;
}

/**
 * Copies each different row of x [batch, time, features] once to `rows`, and writes to `index` [time, batch] which of them
 * a place has. Answers with how many there are, or -1 as soon as there are more than `most`. `slots` is scratch memory of 8
 * bytes for each of 2^bits slots, more of them than there are places.
 */
export function distinctRows(
  x: usize, batch: i32, time: i32, features: i32, rows: usize, index: usize, most: i32, slots: usize, bits: i32,
): i32 {
  const rowBytes = <usize>features << 2;
  const mask: u32 = (1 << bits) - 1;
  let found = 0;
  memory.fill(slots, 0xff, <usize>8 << bits);
  for (let example = 0; example < batch; example++) {
    for (let step = 0; step < time; step++, x += rowBytes) {
      const hash = hashOf(x, features);
      let slot = hash & mask;
      let number: i32;
      for (; ; slot = slot + 1 & mask) {
        const at = slots + (<usize>slot << 3);
        number = load<i32>(at, 4);
        if (number < 0) {
          if (found == most) return -1;
          number = found++;
          store<u32>(at, hash);
          store<i32>(at, number, 4);
          copyFloats(rows + rowBytes * number, x, features);
          break;
        }
        if (load<u32>(at) == hash && sameBits(rows + rowBytes * number, x, features)) break;
      }
      store<i32>(index + (<usize>(step * batch + example) << 2), number);
    }
  }
  return found;
}
