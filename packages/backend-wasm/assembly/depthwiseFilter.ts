// The gradient of a depthwise filter, one element of its window after another: the sums stay in registers, float32 over a
// run of pixels and float64 over a part of the images that stays in the cache meanwhile. Large images have few parts, so that
// a million pixels keep seven digits.

import { fma4 } from './fma';
import {
  batch, dilationH, dilationW, inC, inH, inW, kH, kW, outC, outH, outW, padH, padW, strideH, strideW,
} from './geometry';

/** Pixels that are added up in float32. */
const RUN: i32 = 32;
/** Output pixels that a part has at least, and the most parts of an image. */
const LEAST: i32 = 1024;
const PARTS: i32 = 16;

/** The first of the positions 0 … that reads from 0 on, where position i reads i · stride + offset. */
@inline
function firstInside(offset: i32, stride: i32): i32 {
  return offset >= 0 ? 0 : (stride - 1 - offset) / stride;
}

/** The end of those that read below `size`. */
@inline
function endInside(offset: i32, stride: i32, size: i32, count: i32): i32 {
  return offset >= size ? 0 : min(count, (size - 1 - offset) / stride + 1);
}

@inline function lower(four: v128): v128 { return f64x2.promote_low_f32x4(four); }
@inline function upper(four: v128): v128 { return lower(v128.shuffle<i64>(four, four, 1, 1)); }
@inline
function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** 16 channels from c on, or 4. */
@inline
function vectors(g: usize, x: usize, y: usize, to: usize, kh: i32, kw: i32, c: i32, image: i32, images: i32, row: i32, rows: i32, wide: bool): void {
  const channels = inC(g), down = outH(g), across = outW(g), height = inH(g), width = inW(g);
  const pixel = <usize>channels << 2, step = <usize>strideW(g) * pixel;
  const h0 = kh * dilationH(g) - padH(g), w0 = kw * dilationW(g) - padW(g);
  const top = max(row, firstInside(h0, strideH(g))), bottom = min(rows, endInside(h0, strideH(g), height, down));
  const from = firstInside(w0, strideW(g)), end = endInside(w0, strideW(g), width, across);
  x += <usize>c << 2;
  y += <usize>c << 2;
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (; image < images; image++) {
    for (let oh = top; oh < bottom; oh++) {
      let p = x + <usize>((image * height + oh * strideH(g) + h0) * width + from * strideW(g) + w0) * pixel;
      let q = y + <usize>((image * down + oh) * across + from) * pixel;
      for (let left = end - from; left > 0; left -= RUN) {
        let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
        for (let i = min(left, RUN); i > 0; i--, p += step, q += pixel) {
          a0 = fma4(v128.load(p), v128.load(q), a0);
          if (wide) {
            a1 = fma4(v128.load(p, 16), v128.load(q, 16), a1);
            a2 = fma4(v128.load(p, 32), v128.load(q, 32), a2);
            a3 = fma4(v128.load(p, 48), v128.load(q, 48), a3);
          }
        }
        s0 = f64x2.add(s0, lower(a0));
        s1 = f64x2.add(s1, upper(a0));
        if (wide) {
          s2 = f64x2.add(s2, lower(a1));
          s3 = f64x2.add(s3, upper(a1));
          s4 = f64x2.add(s4, lower(a2));
          s5 = f64x2.add(s5, upper(a2));
          s6 = f64x2.add(s6, lower(a3));
          s7 = f64x2.add(s7, upper(a3));
        }
      }
    }
  }
  v128.store(to, f32x4.add(v128.load(to), narrow(s0, s1)));
  if (wide) {
    v128.store(to, f32x4.add(v128.load(to, 16), narrow(s2, s3)), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), narrow(s4, s5)), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), narrow(s6, s7)), 48);
  }
}

function sixteen(g: usize, x: usize, y: usize, to: usize, kh: i32, kw: i32, c: i32, image: i32, images: i32, row: i32, rows: i32): void { vectors(g, x, y, to, kh, kw, c, image, images, row, rows, true); }
function four(g: usize, x: usize, y: usize, to: usize, kh: i32, kw: i32, c: i32, image: i32, images: i32, row: i32, rows: i32): void { vectors(g, x, y, to, kh, kw, c, image, images, row, rows, false); }

/** Output channel `n`, which reads the input channel `c`. */
function one(g: usize, x: usize, y: usize, kh: i32, kw: i32, c: i32, n: i32, image: i32, images: i32, row: i32, rows: i32): f32 {
  const down = outH(g), across = outW(g), height = inH(g), width = inW(g);
  const step = <usize>(strideW(g) * inC(g)) << 2, next = <usize>outC(g) << 2;
  const h0 = kh * dilationH(g) - padH(g), w0 = kw * dilationW(g) - padW(g);
  const top = max(row, firstInside(h0, strideH(g))), bottom = min(rows, endInside(h0, strideH(g), height, down));
  const from = firstInside(w0, strideW(g)), end = endInside(w0, strideW(g), width, across);
  let sum: f64 = 0;
  for (; image < images; image++) {
    for (let oh = top; oh < bottom; oh++) {
      const line = (image * height + oh * strideH(g) + h0) * width + from * strideW(g) + w0;
      let p = x + (<usize>(line * inC(g) + c) << 2);
      let q = y + (<usize>(((image * down + oh) * across + from) * outC(g) + n) << 2);
      for (let i = end - from; i > 0; i--, p += step, q += next) sum += <f64>load<f32>(p) * <f64>load<f32>(q);
    }
  }
  return <f32>sum;
}

/** Adds the sums over some rows of some images, for the channels from c to `end`. */
function part(g: usize, x: usize, dFilter: usize, dy: usize, c: i32, end: i32, image: i32, images: i32, row: i32, rows: i32): void {
  const outputs = outC(g), multiplier = outputs / inC(g);
  for (let width = 16; c < end; c += width) {
    width = multiplier > 1 || end - c < 4 ? 1 : end - c < 16 ? 4 : 16;
    let tap = dFilter;
    for (let kh = 0; kh < kH(g); kh++) {
      for (let kw = 0; kw < kW(g); kw++, tap += <usize>outputs << 2) {
        const to = tap + (<usize>(c * multiplier) << 2);
        if (width == 16) sixteen(g, x, dy, to, kh, kw, c, image, images, row, rows);
        else if (width == 4) four(g, x, dy, to, kh, kw, c, image, images, row, rows);
        else {
          for (let q = 0; q < multiplier; q++) {
            const at = to + (<usize>q << 2);
            store<f32>(at, load<f32>(at) + one(g, x, dy, kh, kw, c, c * multiplier + q, image, images, row, rows));
          }
        }
      }
    }
  }
}

/** dFilter += the sum over windows of x dy; items are blocks of `wide` input channels. */
export function depthwiseFilterGrad(
  g: usize, x: usize, dFilter: usize, dy: usize, wide: i32, first: i32, last: i32, _scratch: usize,
): void {
  const down = outH(g), across = outW(g), pixels = down * across, images = batch(g);
  const from = first * wide, end = min(inC(g), last * wide);
  if (pixels == 0) return;
  // Some whole images, or some rows of one.
  const together = max(1, LEAST / pixels), band = max((LEAST + across - 1) / across, (down + PARTS - 1) / PARTS);
  for (let image = 0; image < images; image += together) {
    const behind = min(images, image + together);
    for (let row = 0; row < down; row += band) part(g, x, dFilter, dy, from, end, image, behind, row, min(down, row + band));
  }
}
