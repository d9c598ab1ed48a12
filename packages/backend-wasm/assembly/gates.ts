// Sigmoid and tanh for loops that need several of them at once. Their constants lie in memory: an engine makes a constant
// vector from three instructions wherever it is used, and loads one from memory with one.

import { fma4 } from './fma';

/** Bytes that {@link writeGateConstants} fills. */
export const GATE_CONSTANTS: usize = 64;

const LN2_HIGH: i32 = 24, LN2_LOW: i32 = 28, LOG2E: i32 = 32, MAGIC: i32 = 36, EXPONENT: i32 = 40, ONE: i32 = 44;
const TWO: i32 = 48, MOST: i32 = 52, LEAST: i32 = 56;

export function writeGateConstants(to: usize): void {
  // e^r = 1 + r + r² (…) for |r| <= ln 2 / 2, the highest power first.
  store<f32>(to, 1.9841270e-4);
  store<f32>(to, 1.3888889e-3, 4);
  store<f32>(to, 8.3333333e-3, 8);
  store<f32>(to, 4.1666667e-2, 12);
  store<f32>(to, 1.6666667e-1, 16);
  store<f32>(to, 0.5, 20);
  // ln 2 in two parts: the first has few enough bits that a whole number of up to eight bits times it is exact.
  store<f32>(to, -0.693359375, LN2_HIGH);
  store<f32>(to, 2.12194440e-4, LN2_LOW);
  store<f32>(to, 1.44269504088896341, LOG2E);
  // Added to a small number, this leaves its nearest whole number in the lowest bits.
  store<f32>(to, 12582912, MAGIC);
  store<i32>(to, 127, EXPONENT);
  store<f32>(to, 1, ONE);
  store<f32>(to, 2, TWO);
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

/** x / ln 2 to the nearest whole number, in the low bits. */
@inline
function wholes(x: v128, c: usize): v128 {
  return fma4(x, at(c, LOG2E), at(c, MAGIC));
}

/** e^r - 1 for what is left of x without its whole multiples of ln 2. */
@inline
function restMinusOne(x: v128, whole: v128, c: usize): v128 {
  const n = f32x4.sub(whole, at(c, MAGIC));
  const r = fma4(n, at(c, LN2_LOW), fma4(n, at(c, LN2_HIGH), x));
  let p = fma4(at(c, 0), r, at(c, 4));
  p = fma4(p, r, at(c, 8));
  p = fma4(p, r, at(c, 12));
  p = fma4(p, r, at(c, 16));
  p = fma4(p, r, at(c, 20));
  return fma4(f32x4.mul(p, r), r, r);
}

/** 2^n as a float. */
@inline
function powerOfTwo(whole: v128, c: usize): v128 {
  return i32x4.shl(i32x4.add(whole, at(c, EXPONENT)), 23);
}

/** 1 / (1 + e^-x), to 1.2e-7 of its size for x above -87, where it ends at 1.6e-38. */
@inline
export function sigmoidGate(x: v128, c: usize): v128 {
  const y = bounded(f32x4.neg(x), c);
  const whole = wholes(y, c);
  const power = powerOfTwo(whole, c);
  return f32x4.div(at(c, ONE), f32x4.add(fma4(restMinusOne(y, whole, c), power, power), at(c, ONE)));
}

/** tanh x = m / (m + 2) with m = e^2x - 1, which keeps its digits near 0; to 1.5e-7 of its size. */
@inline
export function tanhGate(x: v128, c: usize): v128 {
  const y = bounded(f32x4.add(x, x), c);
  const whole = wholes(y, c);
  const power = powerOfTwo(whole, c);
  const m = fma4(restMinusOne(y, whole, c), power, f32x4.sub(power, at(c, ONE)));
  return f32x4.div(m, f32x4.add(m, at(c, TWO)));
}
