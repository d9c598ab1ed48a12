import { exp4, sigmoid4, tanh4 } from './math';

// out may be x itself: each element is read before it is written.

export function expF32(x: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, x += 16, out += 16) v128.store(out, exp4(v128.load(x)));
  for (; i < count; i++, x += 4, out += 4) v128.store32_lane(out, exp4(v128.load32_zero(x)), 0);
}

export function sigmoidF32(x: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, x += 16, out += 16) v128.store(out, sigmoid4(v128.load(x)));
  for (; i < count; i++, x += 4, out += 4) v128.store32_lane(out, sigmoid4(v128.load32_zero(x)), 0);
}

export function tanhF32(x: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, x += 16, out += 16) v128.store(out, tanh4(v128.load(x)));
  for (; i < count; i++, x += 4, out += 4) v128.store32_lane(out, tanh4(v128.load32_zero(x)), 0);
}

/** x between low and high; NaN stays NaN. */
export function clampF32(x: usize, out: usize, count: i32, low: f32, high: f32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  let i = 0;
  for (; i + 4 <= count; i += 4, x += 16, out += 16) v128.store(out, f32x4.min(f32x4.max(v128.load(x), least), most));
  for (; i < count; i++, x += 4, out += 4) v128.store32_lane(out, f32x4.min(f32x4.max(v128.load32_zero(x), least), most), 0);
}
