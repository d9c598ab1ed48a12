import { fma4 } from './fma';
import { log4 } from './logarithm';

// Transcendental functions on four floats at a time.

/**
 * e^x with an error of about one unit in the last place: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial in r, and n put
 * into the exponent in two steps, so that the largest results and the subnormal ones come out as they should.
 */
@inline
export function exp4(x: v128): v128 {
  // Beyond these the result is 0 or infinity anyway; min and max keep NaN.
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts: the first has few enough bits that n times it is exact.
  let r = fma4(n, f32x4.splat(-0.693359375), bounded);
  r = fma4(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9841270e-4);
  p = fma4(p, r, f32x4.splat(1.3888889e-3));
  p = fma4(p, r, f32x4.splat(8.3333333e-3));
  p = fma4(p, r, f32x4.splat(4.1666667e-2));
  p = fma4(p, r, f32x4.splat(1.6666667e-1));
  p = fma4(p, r, f32x4.splat(0.5));
  p = fma4(f32x4.mul(p, r), r, f32x4.add(r, f32x4.splat(1)));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(p, first), second);
}

/**
 * e^x for x up to about 0, as softmaxes need it, in half the steps of `exp4`: 0 from -88 down, where e^x is subnormal.
 * NaN stays NaN.
 */
@inline
export function expBelow4(x: v128): v128 {
  // Adding this rounds to a whole number n and leaves n + 127 in the lowest bits: the exponent of 2^n.
  const magic = f32x4.splat(12583039);
  const bounded = f32x4.pmax(x, f32x4.splat(-88));
  const t = fma4(bounded, f32x4.splat(1.44269504088896341), magic);
  const n = f32x4.sub(t, magic);
  let r = fma4(n, f32x4.splat(-0.693359375), bounded);
  r = fma4(n, f32x4.splat(2.12194440e-4), r);
  let p = fma4(r, f32x4.splat(1.9841270e-4), f32x4.splat(1.3888889e-3));
  p = fma4(p, r, f32x4.splat(8.3333333e-3));
  p = fma4(p, r, f32x4.splat(4.1666667e-2));
  p = fma4(p, r, f32x4.splat(1.6666667e-1));
  p = fma4(p, r, f32x4.splat(0.5));
  p = fma4(p, r, f32x4.splat(1));
  p = fma4(p, r, f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(t, 23));
}

/** 1 / (1 + e^-x), from e^-|x|, which cannot overflow. */
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
}

/** tanh x: an odd polynomial near 0, where the quotient would lose digits, else 1 - 2 / (e^2|x| + 1); then the sign of x. */
@inline
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(exp4(f32x4.add(size, size)), one)));
  const s = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = fma4(p, s, f32x4.splat(2.06390887954e-2));
  p = fma4(p, s, f32x4.splat(-5.37397155531e-2));
  p = fma4(p, s, f32x4.splat(1.33314422036e-1));
  p = fma4(p, s, f32x4.splat(-3.33332819422e-1));
  const small = fma4(f32x4.mul(p, s), size, size);
  const magnitude = v128.bitselect(small, large, f32x4.lt(size, f32x4.splat(0.625)));
  return v128.or(magnitude, v128.and(x, i32x4.splat(<i32>0x80000000)));
}

/** e^x - 1 for x up to 0, without loss of digits near 0: 2^n (e^r - 1) + (2^n - 1). */
@inline
export function expm1Negative4(x: v128): v128 {
  const bounded = f32x4.pmax(x, f32x4.splat(-40));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504088896341)));
  let r = fma4(n, f32x4.splat(-0.693359375), bounded);
  r = fma4(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9841270e-4);
  p = fma4(p, r, f32x4.splat(1.3888889e-3));
  p = fma4(p, r, f32x4.splat(8.3333333e-3));
  p = fma4(p, r, f32x4.splat(4.1666667e-2));
  p = fma4(p, r, f32x4.splat(1.6666667e-1));
  p = fma4(p, r, f32x4.splat(0.5));
  p = fma4(f32x4.mul(p, r), r, r);
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return fma4(p, power, f32x4.sub(power, f32x4.splat(1)));
}

/** ln(1 + x): -infinity at -1, NaN below. What rounding 1 + x loses is put back. */
@inline
export function log1p4(x: v128): v128 {
  const s = f32x4.add(x, f32x4.splat(1));
  const back = f32x4.div(f32x4.sub(x, f32x4.sub(s, f32x4.splat(1))), s);
  // At -1 and infinity it is NaN, and nothing was lost.
  return f32x4.add(log4(s), v128.and(back, f32x4.eq(back, back)));
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). */
@inline
export function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(x)))));
}

/** 1 - erf t for t from 0 on, to a few units of the last place: e^(-t²) u Q(u) with u = 1 / (1 + 0.4 t), fitted for t from 0.7 to 11. */
@inline
export function erfc4(t: v128): v128 {
  const u = f32x4.div(f32x4.splat(1), fma4(t, f32x4.splat(0.4), f32x4.splat(1)));
  let q = f32x4.splat(0.06360600452686282);
  q = fma4(q, u, f32x4.splat(-0.233743134146438));
  q = fma4(q, u, f32x4.splat(0.25005636335595577));
  q = fma4(q, u, f32x4.splat(-0.07559064041416268));
  q = fma4(q, u, f32x4.splat(0.17711368906374378));
  q = fma4(q, u, f32x4.splat(0.15761249151795628));
  q = fma4(q, u, f32x4.splat(0.20980022903024592));
  q = fma4(q, u, f32x4.splat(0.22548183608020414));
  q = fma4(q, u, f32x4.splat(0.225683319708836));
  return f32x4.mul(exp4(f32x4.neg(f32x4.mul(t, t))), f32x4.mul(q, u));
}

/** erf x for |x| up to 0.75: an odd polynomial. */
@inline
function erfSmall4(x: v128): v128 {
  const s = f32x4.mul(x, x);
  let p = f32x4.splat(-0.0006761095685104469);
  p = fma4(p, s, f32x4.splat(0.005115981695012467));
  p = fma4(p, s, f32x4.splat(-0.026835434564997665));
  p = fma4(p, s, f32x4.splat(0.1128339297444691));
  p = fma4(p, s, f32x4.splat(-0.3761261992271775));
  p = fma4(p, s, f32x4.splat(0.1283791656298736));
  return fma4(p, x, x);
}

@inline
export function erf4(x: v128): v128 {
  const t = f32x4.abs(x);
  const large = f32x4.sub(f32x4.splat(1), erfc4(t));
  const signed = v128.or(large, v128.and(x, i32x4.splat(<i32>0x80000000)));
  return v128.bitselect(erfSmall4(x), signed, f32x4.lt(t, f32x4.splat(0.75)));
}

/** The normal distribution function Φ(x) = ½ erfc(-x / √2), with all its digits for negative x too. */
@inline
export function normalCdf4(x: v128): v128 {
  const scaled = f32x4.mul(x, f32x4.splat(0.70710678118654752));
  const half = f32x4.splat(0.5), t = f32x4.abs(scaled);
  const tail = f32x4.mul(erfc4(t), half);
  const large = v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(fma4(erfSmall4(scaled), half, half), large, f32x4.lt(t, f32x4.splat(0.75)));
}
