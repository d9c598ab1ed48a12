// Reductions of a row of floats: float32 in short runs, float64 over the runs.

import { exp4, expBelow4 } from './math';

export const RUN: i32 = 256;

/** The sum of the four lanes, in float64. */
@inline
export function total4(x: v128): f64 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** e^x of one number. */
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** The largest of a row, NaN apart; -infinity of nothing. */
export function rowMax(x: usize, count: i32): f32 {
  let a = f32x4.splat(-Infinity), b = a;
  let left = count;
  for (; left >= 8; left -= 8, x += 32) {
    a = f32x4.pmax(a, v128.load(x));
    b = f32x4.pmax(b, v128.load(x, 16));
  }
  a = f32x4.pmax(a, b);
  for (; left > 0; left--, x += 4) a = f32x4.pmax(a, v128.load_splat<f32>(x));
  const two = f32x4.pmax(a, v128.shuffle<f64>(a, a, 1, 0));
  return max(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
}

export function rowSum(x: usize, count: i32): f64 {
  let total: f64 = 0;
  let left = count;
  while (left >= 4) {
    let a = f32x4.splat(0), b = a;
    const run = min(left, RUN) & ~3;
    left -= run;
    let n = run;
    for (; n >= 8; n -= 8, x += 32) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
    }
    if (n >= 4) {
      a = f32x4.add(a, v128.load(x));
      x += 16;
    }
    total += total4(f32x4.add(a, b));
  }
  for (; left > 0; left--, x += 4) total += load<f32>(x);
  return total;
}

/** Σ e^(x - shift), where no x is above the shift; NaN if one is NaN; the terms are also written to `out` unless it is 0. */
export function rowExpSum(x: usize, count: i32, shift: f32, out: usize): f64 {
  const by = f32x4.splat(shift);
  let total: f64 = 0;
  let left = count;
  while (left >= 4) {
    let sum = f32x4.splat(0);
    const run = min(left, RUN) & ~3;
    left -= run;
    for (let n = run; n > 0; n -= 4, x += 16) {
      const e = expBelow4(f32x4.sub(v128.load(x), by));
      sum = f32x4.add(sum, e);
      if (out != 0) {
        v128.store(out, e);
        out += 16;
      }
    }
    total += total4(sum);
  }
  for (; left > 0; left--, x += 4) {
    const e = f32x4.extract_lane(expBelow4(f32x4.splat(load<f32>(x) - shift)), 0);
    total += e;
    if (out != 0) {
      store<f32>(out, e);
      out += 4;
    }
  }
  return total;
}

/** Σ a b */
export function rowDot(a: usize, b: usize, count: i32): f64 {
  let total: f64 = 0;
  let left = count;
  while (left >= 4) {
    let s = f32x4.splat(0), t = s;
    const run = min(left, RUN) & ~3;
    left -= run;
    let n = run;
    for (; n >= 8; n -= 8, a += 32, b += 32) {
      s = f32x4.add(s, f32x4.mul(v128.load(a), v128.load(b)));
      t = f32x4.add(t, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    }
    if (n >= 4) {
      s = f32x4.add(s, f32x4.mul(v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
    }
    total += total4(f32x4.add(s, t));
  }
  for (; left > 0; left--, a += 4, b += 4) total += load<f32>(a) * load<f32>(b);
  return total;
}
