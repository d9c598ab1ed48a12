// The way back through bias and activation, in one pass over memory.

import { LEAKY_RELU, RELU, RELU6, ELU, SIGMOID, TANH } from './activation';

/** dy f'(x), where y = f(x) says what the slope is; where a kink is met, the slope from the left. NaN in y passes dy. */
@inline
function slope4(dy: v128, y: v128, activation: i32, alpha: f32): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  if (activation == RELU) return v128.andnot(dy, f32x4.le(y, zero));
  if (activation == RELU6) return v128.andnot(dy, v128.or(f32x4.le(y, zero), f32x4.ge(y, f32x4.splat(6))));
  if (activation == ELU) return v128.bitselect(f32x4.mul(dy, f32x4.add(y, one)), dy, f32x4.lt(y, zero));
  if (activation == SIGMOID) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (activation == TANH) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  if (activation == LEAKY_RELU) return v128.bitselect(f32x4.mul(dy, f32x4.splat(alpha)), dy, f32x4.le(y, zero));
  return dy;
}

/**
 * dz = dy f'(x) and, for each block of `blockRows` rows (an item), the sums of dz over its rows into `partial[block, cols]`.
 * With the activation 0, dz is dy and is not written.
 */
export function biasActivationGrad(
  dy: usize, y: usize, dz: usize, partial: usize, rows: i32, cols: i32, blockRows: i32, activation: i32, alpha: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const rowBytes = <usize>cols << 2;
  for (let item = first; item < last; item++) {
    const from = <usize>(item * blockRows) * rowBytes;
    const count = min(blockRows, rows - item * blockRows);
    const sums = partial + <usize>item * rowBytes;
    let j = 0;
    for (; j + 8 <= cols; j += 8) {
      let low = f32x4.splat(0), high = f32x4.splat(0);
      let at = from + (<usize>j << 2);
      if (activation == RELU) {
        for (let i = 0; i < count; i++, at += rowBytes) {
          const a = slope4(v128.load(dy + at), v128.load(y + at), RELU, alpha);
          const b = slope4(v128.load(dy + at, 16), v128.load(y + at, 16), RELU, alpha);
          v128.store(dz + at, a);
          v128.store(dz + at, b, 16);
          low = f32x4.add(low, a);
          high = f32x4.add(high, b);
        }
      } else if (activation == 0) {
        for (let i = 0; i < count; i++, at += rowBytes) {
          low = f32x4.add(low, v128.load(dy + at));
          high = f32x4.add(high, v128.load(dy + at, 16));
        }
      } else {
        for (let i = 0; i < count; i++, at += rowBytes) {
          for (let k: usize = 0; k < 32; k += 16) {
            const a = slope4(v128.load(dy + at + k), v128.load(y + at + k), activation, alpha);
            v128.store(dz + at + k, a);
            if (k == 0) low = f32x4.add(low, a);
            else high = f32x4.add(high, a);
          }
        }
      }
      v128.store(sums + (<usize>j << 2), low);
      v128.store(sums + (<usize>j << 2), high, 16);
    }
    for (; j < cols; j++) {
      let sum = f32x4.splat(0);
      let at = from + (<usize>j << 2);
      for (let i = 0; i < count; i++, at += rowBytes) {
        const a = slope4(v128.load32_zero(dy + at), v128.load32_zero(y + at), activation, alpha);
        if (activation != 0) v128.store32_lane(dz + at, a, 0);
        sum = f32x4.add(sum, a);
      }
      v128.store32_lane(sums + (<usize>j << 2), sum, 0);
    }
  }
}
