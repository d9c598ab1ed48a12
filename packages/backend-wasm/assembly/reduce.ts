// Sums along one axis of [outer, count, inner], divided by `divisor`. Short runs are added in float32, the runs in float64:
// as fast as float32 alone, and a million terms keep six digits.

const RUN: i32 = 128;

@inline
function lowToF64(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

@inline
function highToF64(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}

/** The sum of `count` floats that follow each other. */
function sumRow(x: usize, count: i32): f64 {
  let total = f64x2.splat(0);
  let left = count;
  while (left >= 16) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    const run = min(left, RUN) & ~15;
    const end = x + (<usize>run << 2);
    while (x < end) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += 64;
    }
    s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
    total = f64x2.add(total, f64x2.add(lowToF64(s0), highToF64(s0)));
    left -= run;
  }
  let rest: f64 = 0;
  for (; left > 0; left--) {
    rest += load<f32>(x);
    x += 4;
  }
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1) + rest;
}

/** Four neighbouring columns of a matrix of `count` rows. */
@inline
function sumFour(x: usize, count: i32, rowBytes: usize, divisor: f64): v128 {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  let left = count;
  while (left > 0) {
    let sum = f32x4.splat(0);
    const run = min(left, 32);
    for (let i = 0; i < run; i++) {
      sum = f32x4.add(sum, v128.load(x));
      x += rowBytes;
    }
    low = f64x2.add(low, lowToF64(sum));
    high = f64x2.add(high, highToF64(sum));
    left -= run;
  }
  const by = f64x2.splat(divisor);
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(f64x2.div(low, by)), f32x4.demote_f64x2_zero(f64x2.div(high, by)), 0, 2);
}

/** out[outer, inner] = sum of x[outer, count, inner] over count, divided by `divisor`. */
export function sumF32(x: usize, out: usize, outer: i32, count: i32, inner: i32, divisor: f64): void {
  const rowBytes = <usize>inner << 2;
  const blockBytes = <usize>count * rowBytes;
  for (let i = 0; i < outer; i++) {
    if (inner == 1) {
      store<f32>(out, <f32>(sumRow(x, count) / divisor));
      out += 4;
    } else {
      let j = 0;
      for (; j + 4 <= inner; j += 4) {
        v128.store(out, sumFour(x + (<usize>j << 2), count, rowBytes, divisor));
        out += 16;
      }
      for (; j < inner; j++) {
        let total: f64 = 0;
        let at = x + (<usize>j << 2);
        for (let k = 0; k < count; k++) {
          total += load<f32>(at);
          at += rowBytes;
        }
        store<f32>(out, <f32>(total / divisor));
        out += 4;
      }
    }
    x += blockBytes;
  }
}

/** The same for int32, wrapping around as int32 does. */
export function sumI32(x: usize, out: usize, outer: i32, count: i32, inner: i32): void {
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < inner; j++) {
      let total: i32 = 0;
      for (let k = 0; k < count; k++) total += load<i32>(x + (<usize>((i * count + k) * inner + j) << 2));
      store<i32>(out, total);
      out += 4;
    }
  }
}
