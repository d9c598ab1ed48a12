// Sigmoid and tanh for loops that need several of them at once. Their constants lie in memory: an engine makes a constant
// vector from three instructions wherever it is used, and loads one from memory with one.

import { fma4 } from './fma';

/** Bytes that {@link writeGateConstants} fills. */
export const GATE_CONSTANTS: usize = 64;

const LN2_HIGH: i32 = 20, LN2_LOW: i32 = 24, LOG2E: i32 = 28, MAGIC: i32 = 32, EXPONENT: i32 = 36, ONE: i32 = 40;
const MINUS_ONE: i32 = 44, MINUS_TWO: i32 = 48, MOST: i32 = 52, LEAST: i32 = 56;

export function writeGateConstants(to: usize): void {
  // 1 - e^-s = s + s² (…) to 1.6e-8 of its size for |s| <= ln 2 / 2 (minimax), the lowest power first.
  store<f32>(to, -0.5);
  store<f32>(to, 0.16666542, 4);
  store<f32>(to, -0.04166628, 8);
  store<f32>(to, 8.366655e-3, 12);
  store<f32>(to, -1.3946573e-3, 16);
  // ln 2 in two parts: the first has few enough bits that a whole number of up to eight bits times it is exact.
  store<f32>(to, 0.693359375, LN2_HIGH);
  store<f32>(to, -2.12194440e-4, LN2_LOW);
  store<f32>(to, -1.44269504088896341, LOG2E);
  // Added to a small number, this leaves its nearest whole number in the lowest bits.
  store<f32>(to, 12582912, MAGIC);
  // The bias of the exponent, and the sign.
  store<i32>(to, 127 + 256, EXPONENT);
  store<f32>(to, 1, ONE);
  store<f32>(to, -1, MINUS_ONE);
  store<f32>(to, -2, MINUS_TWO);
  // Between these e^x and its exponent are normal numbers.
  store<f32>(to, 87, MOST);
  store<f32>(to, -87, LEAST);
}

@inline
function at(constants: usize, offset: usize): v128 {
  return v128.load32_splat(constants + offset);
}

/** x between the bounds; pmin and pmax give their first operand where it is NaN. */
@inline
function bounded(x: v128, c: usize): v128 {
  return f32x4.pmax(f32x4.pmin(x, at(c, MOST)), at(c, LEAST));
}

// Both functions need e^-x = 2^n e^-s, where n is the nearest whole number to -x / ln 2 and s = x + n ln 2.

/** n, in the low bits. */
@inline
function wholes(x: v128, c: usize): v128 {
  return fma4(x, at(c, LOG2E), at(c, MAGIC));
}

/** 1 - e^-s. The polynomial is summed in pairs: more instructions wait for the last one than there are to do. */
@inline
function oneMinusRest(x: v128, whole: v128, c: usize): v128 {
  const n = f32x4.sub(whole, at(c, MAGIC));
  const s = fma4(n, at(c, LN2_LOW), fma4(n, at(c, LN2_HIGH), x));
  const square = f32x4.mul(s, s);
  const low = fma4(at(c, 4), s, at(c, 0));
  const high = fma4(at(c, 16), square, fma4(at(c, 12), s, at(c, 8)));
  return fma4(fma4(high, square, low), square, s);
}

/** -(2^n) as a float. */
@inline
function minusPower(whole: v128, c: usize): v128 {
  return i32x4.shl(i32x4.add(whole, at(c, EXPONENT)), 23);
}

/** 1 / (1 + e^-x), to 1.5e-7 of its size for x above -87, where it ends at 1.6e-38. */
@inline
export function sigmoidGate(x: v128, c: usize): v128 {
  const y = bounded(x, c);
  const whole = wholes(y, c);
  const power = minusPower(whole, c);
  return f32x4.div(at(c, ONE), fma4(oneMinusRest(y, whole, c), power, f32x4.sub(at(c, ONE), power)));
}

/** tanh x = m / (-2 - m) with m = e^-2x - 1, which keeps its digits near 0; to 1.9e-7 of its size. */
@inline
export function tanhGate(x: v128, c: usize): v128 {
  const y = bounded(f32x4.add(x, x), c);
  const whole = wholes(y, c);
  const power = minusPower(whole, c);
  const m = fma4(oneMinusRest(y, whole, c), power, f32x4.sub(at(c, MINUS_ONE), power));
  return f32x4.div(m, f32x4.sub(at(c, MINUS_TWO), m));
}
