import { fma4 } from './fma';

/**
 * ln x with an error of about one unit in the last place: x = m 2^e with m from √½ to √2, a polynomial in m - 1, and
 * e ln 2 in two parts. ln 0 is -infinity, of a negative number NaN.
 */
@inline
export function log4(x: v128): v128 {
  const one = f32x4.splat(1);
  // Subnormal numbers are made normal first: their exponent bits say nothing.
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  const exponent = i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126));
  let e = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(tiny, f32x4.splat(23)));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), f32x4.splat(0.5));
  const low = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(low, one));
  m = f32x4.add(f32x4.sub(m, one), v128.and(low, m));
  const s = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = fma4(p, m, f32x4.splat(-1.1514610310e-1));
  p = fma4(p, m, f32x4.splat(1.1676998740e-1));
  p = fma4(p, m, f32x4.splat(-1.2420140846e-1));
  p = fma4(p, m, f32x4.splat(1.4249322787e-1));
  p = fma4(p, m, f32x4.splat(-1.6668057665e-1));
  p = fma4(p, m, f32x4.splat(2.0000714765e-1));
  p = fma4(p, m, f32x4.splat(-2.4999993993e-1));
  p = fma4(p, m, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, m), s);
  p = fma4(e, f32x4.splat(-2.12194440e-4), p);
  p = fma4(s, f32x4.splat(-0.5), p);
  const result = fma4(e, f32x4.splat(0.693359375), f32x4.add(m, p));
  // Zero, infinity, and what is no number or below zero.
  const finite = v128.bitselect(f32x4.splat(-Infinity), result, f32x4.eq(x, f32x4.splat(0)));
  const most = v128.bitselect(x, finite, f32x4.eq(x, f32x4.splat(Infinity)));
  return v128.bitselect(most, f32x4.splat(NaN), f32x4.ge(x, f32x4.splat(0)));
}

/** ln x of one number. */
@inline
export function log1(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0);
}
