// Average pooling in two and three dimensions. Padding is left out of the count; a NaN in a window is its average. Sums of
// large windows are float64: of a million floats float32 would keep two digits.

import {
  inC, inD, inH, inW, kD, kH, kW, outD, outH, outW, padD, padH, padW, strideD, strideH, strideW,
} from './geometry';

/** Elements of a window up to which its sum is float32. */
const SMALL: i32 = 256;

@inline
function upper(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 1));
}

/** Four quotients. */
@inline
function quotients(low: v128, high: v128, count: f64): v128 {
  const by = f64x2.splat(count);
  const first = f32x4.demote_f64x2_zero(f64x2.div(low, by)), second = f32x4.demote_f64x2_zero(f64x2.div(high, by));
  return v128.shuffle<i64>(first, second, 0, 2);
}

/** The means of a window, whose first pixel is at `at`, summed up in float64. */
function largeWindow(at: usize, slab: usize, line: usize, pixel: usize, deep: i32, rows: i32, cols: i32, out: usize): void {
  const count = <f64>deep * <f64>rows * <f64>cols;
  let c: usize = 0;
  for (; c + 32 <= pixel; c += 32) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let i = 0; i < deep; i++) {
      let row = at + c + <usize>i * slab;
      for (let j = 0; j < rows; j++, row += line) {
        const end = row + <usize>cols * pixel;
        for (let p = row; p != end; p += pixel) {
          const a = v128.load(p), b = v128.load(p, 16);
          s0 = f64x2.add(s0, f64x2.promote_low_f32x4(a));
          s1 = f64x2.add(s1, upper(a));
          s2 = f64x2.add(s2, f64x2.promote_low_f32x4(b));
          s3 = f64x2.add(s3, upper(b));
        }
      }
    }
    v128.store(out + c, quotients(s0, s1, count));
    v128.store(out + c, quotients(s2, s3, count), 16);
  }
  for (; c < pixel; c += 4) {
    let sum: f64 = 0;
    for (let i = 0; i < deep; i++) {
      let row = at + c + <usize>i * slab;
      for (let j = 0; j < rows; j++, row += line) {
        const end = row + <usize>cols * pixel;
        for (let p = row; p != end; p += pixel) sum += <f64>load<f32>(p);
      }
    }
    store<f32>(out + c, <f32>(sum / count));
  }
}

/** out = the mean of each window; an item is one row of output. */
export function averagePool(g: usize, x: usize, out: usize, first: i32, last: i32, _scratch: usize): void {
  const width = inW(g), height = inH(g), depth = inD(g), across = outW(g);
  const pixel = <usize>inC(g) << 2;
  const line = <usize>width * pixel;
  out += <usize>first * <usize>across * pixel;
  for (let item = first; item < last; item++) {
    const slab = item / outH(g);
    const image = slab / outD(g);
    const d = (slab - image * outD(g)) * strideD(g) - padD(g);
    const h = (item - slab * outH(g)) * strideH(g) - padH(g);
    const d0 = max(d, 0), deep = max(0, min(depth, d + kD(g)) - d0);
    const h0 = max(h, 0), rows = max(0, min(height, h + kH(g)) - h0);
    const from = x + <usize>((image * depth + d0) * height + h0) * line;
    for (let ow = 0; ow < across; ow++) {
      const w = ow * strideW(g) - padW(g);
      const w0 = max(w, 0), cols = max(0, min(width, w + kW(g)) - w0);
      const at = from + <usize>w0 * pixel;
      if (deep * rows * cols > SMALL) {
        largeWindow(at, <usize>height * line, line, pixel, deep, rows, cols, out);
        out += pixel;
        continue;
      }
      const count = <f32>(deep * rows * cols);
      let c: usize = 0;
      // A line of the cache at a time: windows lie across many.
      for (; c + 64 <= pixel; c += 64) {
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let i = 0; i < deep; i++) {
          let row = at + c + <usize>(i * height) * line;
          for (let j = 0; j < rows; j++, row += line) {
            const end = row + <usize>cols * pixel;
            for (let p = row; p != end; p += pixel) {
              s0 = f32x4.add(s0, v128.load(p));
              s1 = f32x4.add(s1, v128.load(p, 16));
              s2 = f32x4.add(s2, v128.load(p, 32));
              s3 = f32x4.add(s3, v128.load(p, 48));
            }
          }
        }
        const by = f32x4.splat(count);
        v128.store(out + c, f32x4.div(s0, by));
        v128.store(out + c, f32x4.div(s1, by), 16);
        v128.store(out + c, f32x4.div(s2, by), 32);
        v128.store(out + c, f32x4.div(s3, by), 48);
      }
      for (; c + 16 <= pixel; c += 16) {
        let sum = f32x4.splat(0);
        for (let i = 0; i < deep; i++) {
          let row = at + c + <usize>(i * height) * line;
          for (let j = 0; j < rows; j++, row += line) {
            for (let k = 0; k < cols; k++) sum = f32x4.add(sum, v128.load(row + <usize>k * pixel));
          }
        }
        v128.store(out + c, f32x4.div(sum, f32x4.splat(count)));
      }
      for (; c < pixel; c += 4) {
        let sum: f32 = 0;
        for (let i = 0; i < deep; i++) {
          let row = at + c + <usize>(i * height) * line;
          for (let j = 0; j < rows; j++, row += line) {
            for (let k = 0; k < cols; k++) sum += load<f32>(row + <usize>k * pixel);
          }
        }
        store<f32>(out + c, sum / count);
      }
      out += pixel;
    }
  }
}
