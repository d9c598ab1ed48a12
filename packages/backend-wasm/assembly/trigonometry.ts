import { fma4 } from './fma';

// Sine, cosine and tangent of four floats at a time, to about one unit of the last place up to 10^6, where x is a multiple of
// π/2 and a rest r from -π/4 to π/4. The multiple is taken off in float64: π/2 has 33 bits in its first part, so that its
// multiples are exact, and the error beyond is 10^-16 of x.

/** How many quarters of a turn, of two numbers in float64. */
@inline
function quarters(x: v128): v128 {
  return f64x2.nearest(f64x2.mul(x, f64x2.splat(0.6366197723675814)));
}

/** What is left of x without `n` quarters of a turn. */
@inline
function rest(x: v128, n: v128): v128 {
  const most = f64x2.sub(x, f64x2.mul(n, f64x2.splat(1.5707963267341256)));
  return f64x2.sub(most, f64x2.mul(n, f64x2.splat(6.077100506506192e-11)));
}

/** n modulo 4, in the first two lanes. */
@inline
function turn(n: v128): v128 {
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.sub(n, f64x2.mul(f64x2.floor(f64x2.mul(n, f64x2.splat(0.25))), f64x2.splat(4))));
}

/** sin r for |r| up to π/4. */
@inline
function sinNear4(r: v128, s: v128): v128 {
  let p = fma4(s, f32x4.splat(-1.9515295891e-4), f32x4.splat(8.3321608736e-3));
  p = fma4(p, s, f32x4.splat(-1.6666654611e-1));
  return fma4(f32x4.mul(p, s), r, r);
}

/** cos r for |r| up to π/4. */
@inline
function cosNear4(s: v128): v128 {
  let p = fma4(s, f32x4.splat(2.443315711809948e-5), f32x4.splat(-1.388731625493765e-3));
  p = fma4(p, s, f32x4.splat(4.166664568298827e-2));
  return fma4(f32x4.mul(p, s), s, fma4(s, f32x4.splat(-0.5), f32x4.splat(1)));
}

/** sin (x + quarter π/2) for a quarter of 0 or 1, or tan x for -1. */
@inline
export function trigonometric4(x: v128, quarter: i32): v128 {
  const low = f64x2.promote_low_f32x4(x), high = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
  const m = quarters(low), n = quarters(high);
  const exact = v128.shuffle<i64>(f32x4.demote_f64x2_zero(rest(low, m)), f32x4.demote_f64x2_zero(rest(high, n)), 0, 2);
  // Of numbers whose neighbours are turns apart nothing is known; a NaN stays.
  const bound = f32x4.splat(0.7853982);
  const r = f32x4.pmin(f32x4.pmax(exact, f32x4.neg(bound)), bound);
  const turned = i32x4.add(v128.shuffle<i64>(turn(m), turn(n), 0, 2), i32x4.splat(max(quarter, 0)));
  const odd = i32x4.shr_s(i32x4.shl(turned, 31), 31), s = f32x4.mul(r, r);
  const sin = sinNear4(r, s), cos = cosNear4(s);
  if (quarter < 0) {
    const quotient = f32x4.div(v128.bitselect(cos, sin, odd), v128.bitselect(sin, cos, odd));
    return v128.xor(quotient, i32x4.shl(odd, 31));
  }
  return v128.xor(v128.bitselect(cos, sin, odd), i32x4.shl(i32x4.shr_u(turned, 1), 31));
}
