// Depthwise convolution of NHWC images: output channel c * multiplier + q reads input channel c alone. The filter is
// [kH, kW, inC, multiplier]. With a multiplier of 1 four channels go at a time, forward of four pixels.

import { activate, biasActivation, RELU, RELU6 } from './activation';
import { fma4 } from './fma';
import {
  dilationH, dilationW, inC, inH, inW, kH, kW, outC, outH, outW, padH, padW, strideH, strideW,
} from './geometry';
import { zeroFloats } from './memory';

const FORWARD: i32 = 0;
const INPUT: i32 = 1;

/** out = activation(x * filter + bias) for output rows; items are the rows of the first image, of the second, … */
export function depthwise(
  g: usize, x: usize, filter: usize, bias: usize, activation: i32, alpha: f32, out: usize,
  first: i32, last: i32, _scratch: usize,
): void {
  const n = outC(g), across = outW(g), down = outH(g);
  const pixelBytes = <usize>n << 2;
  const rowBytes = <usize>across * pixelBytes;
  // Pixels from `from` to `to` read columns of the image alone.
  const whole = n == inC(g) && (n & 3) == 0;
  const reach = (kW(g) - 1) * dilationW(g);
  const from = min(across, (max(0, padW(g)) + strideW(g) - 1) / strideW(g));
  const room = inW(g) - 1 - reach + padW(g);
  const to = room < 0 ? 0 : min(across, room / strideW(g) + 1);
  for (let item = first; item < last; item++) {
    const image = item / down, oh = item - image * down;
    const y = out + <usize>item * rowBytes;
    let ow = 0;
    while (ow < across) {
      if (whole && ow >= from && ow + 4 <= to) {
        fourPixels(g, x, filter, bias, activation, alpha, y + <usize>ow * pixelBytes, image, oh, ow);
        ow += 4;
        // The last four are done with pixels that were done before.
        if (ow < to && ow + 4 > to) ow = to - 4;
      } else if (whole) {
        onePixel(g, x, filter, bias, activation, alpha, y + <usize>ow * pixelBytes, image, oh, ow);
        ow++;
      } else {
        const at = y + <usize>ow * pixelBytes;
        zeroFloats(at, n);
        windows(g, x, filter, at, image, oh, ow, 0, inC(g), FORWARD);
        if (bias != 0 || activation != 0) biasActivation(at, 1, n, bias, activation, alpha);
        ow++;
      }
    }
  }
}

/** A pixel whose window may reach beyond the image; channels are a multiple of four. */
function onePixel(
  g: usize, x: usize, filter: usize, bias: usize, activation: i32, alpha: f32, y: usize, image: i32, oh: i32, ow: i32,
): void {
  const height = inH(g), width = inW(g), kernelH = kH(g), kernelW = kW(g);
  const pixel = <usize>inC(g) << 2;
  const h0 = oh * strideH(g) - padH(g), w0 = ow * strideW(g) - padW(g);
  const downStep = dilationH(g), step = dilationW(g);
  const most = f32x4.splat(activation == RELU6 ? 6 : <f32>Infinity);
  for (let c: usize = 0; c < pixel; c += 16) {
    let sum = bias == 0 ? f32x4.splat(0) : v128.load(bias + c);
    for (let kh = 0, h = h0; kh < kernelH; kh++, h += downStep) {
      if (<u32>h >= <u32>height) continue;
      let a = x + c + <usize>((image * height + h) * width + w0) * pixel;
      let b = filter + c + <usize>(kh * kernelW) * pixel;
      for (let kw = 0, w = w0; kw < kernelW; kw++, w += step) {
        if (<u32>w < <u32>width) sum = fma4(v128.load(a), v128.load(b), sum);
        a += <usize>step * pixel;
        b += pixel;
      }
    }
    if (activation == RELU || activation == RELU6) sum = clamp(sum, most);
    else if (activation != 0) sum = activate(sum, activation, alpha);
    v128.store(y + c, sum);
  }
}

/** ReLU and ReLU6: a call for each vector would cost as much as its window. */
@inline
function clamp(x: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), most);
}

/** Four pixels of a row whose windows lie between the sides of the image; channels are a multiple of four. */
function fourPixels(
  g: usize, x: usize, filter: usize, bias: usize, activation: i32, alpha: f32, y: usize, image: i32, oh: i32, ow: i32,
): void {
  const channels = inC(g), kernelW = kW(g), height = inH(g);
  const pixel = <usize>channels << 2;
  const step = <usize>strideW(g) * pixel;
  const tapStep = <usize>dilationW(g) * pixel;
  const lineStep = <usize>(dilationH(g) * inW(g)) * pixel;
  const h0 = oh * strideH(g) - padH(g);
  const dilation = dilationH(g);
  const firstTap = h0 < 0 ? (dilation - 1 - h0) / dilation : 0;
  const endTap = min(kH(g), height > h0 ? (height - h0 + dilation - 1) / dilation : 0);
  const lines = endTap - firstTap;
  let at = x + <usize>((image * height + h0 + firstTap * dilation) * inW(g) + ow * strideW(g) - padW(g)) * pixel;
  let weights = filter + <usize>(firstTap * kernelW) * pixel;
  const most = f32x4.splat(activation == RELU6 ? 6 : <f32>Infinity);
  for (let c = 0; c < channels; c += 4) {
    let c0 = bias == 0 ? f32x4.splat(0) : v128.load(bias + (<usize>c << 2));
    let c1 = c0, c2 = c0, c3 = c0;
    let line = at, b = weights;
    if (kernelW == 3 && tapStep == pixel && step == pixel) {
      // Side by side, windows share their columns: six loads for twelve products.
      for (let kh = 0; kh < lines; kh++) {
        const a3 = line + 3 * pixel;
        const w0 = v128.load(b), w1 = v128.load(b + pixel), w2 = v128.load(b + 2 * pixel);
        let v = v128.load(line);
        c0 = fma4(v, w0, c0);
        v = v128.load(line + pixel);
        c0 = fma4(v, w1, c0);
        c1 = fma4(v, w0, c1);
        v = v128.load(line + 2 * pixel);
        c0 = fma4(v, w2, c0);
        c1 = fma4(v, w1, c1);
        c2 = fma4(v, w0, c2);
        v = v128.load(a3);
        c1 = fma4(v, w2, c1);
        c2 = fma4(v, w1, c2);
        c3 = fma4(v, w0, c3);
        v = v128.load(a3 + pixel);
        c2 = fma4(v, w2, c2);
        c3 = fma4(v, w1, c3);
        c3 = fma4(v128.load(a3 + 2 * pixel), w2, c3);
        line += lineStep;
        b += 3 * pixel;
      }
    } else {
      for (let kh = 0; kh < lines; kh++) {
        let a = line;
        for (let kw = 0; kw < kernelW; kw++) {
          const w = v128.load(b);
          const a2 = a + 2 * step;
          c0 = fma4(v128.load(a), w, c0);
          c1 = fma4(v128.load(a + step), w, c1);
          c2 = fma4(v128.load(a2), w, c2);
          c3 = fma4(v128.load(a2 + step), w, c3);
          a += tapStep;
          b += pixel;
        }
        line += lineStep;
      }
    }
    if (activation == RELU || activation == RELU6) {
      c0 = clamp(c0, most);
      c1 = clamp(c1, most);
      c2 = clamp(c2, most);
      c3 = clamp(c3, most);
    } else if (activation != 0) {
      c0 = activate(c0, activation, alpha);
      c1 = activate(c1, activation, alpha);
      c2 = activate(c2, activation, alpha);
      c3 = activate(c3, activation, alpha);
    }
    v128.store(y, c0);
    v128.store(y + pixel, c1);
    v128.store(y + 2 * pixel, c2);
    v128.store(y + 3 * pixel, c3);
    at += 16;
    weights += 16;
    y += 16;
  }
}

/** dx += sum over windows of filter dy; items are the blocks of `wide` channels of the first image, of the second, … */
export function depthwiseInputGrad(
  g: usize, dx: usize, filter: usize, dy: usize, wide: i32, first: i32, last: i32, _scratch: usize,
): void {
  const blocks = (inC(g) + wide - 1) / wide;
  for (let item = first; item < last; item++) {
    const image = item / blocks;
    visit(g, dx, filter, dy, image, (item - image * blocks) * wide, wide);
  }
}

@inline
function pixel(x: usize, filter: usize, y: usize, channels: i32, multiplier: i32, mode: i32): void {
  if (mode != FORWARD && multiplier == 1) {
    let left = channels;
    for (; left >= 4; left -= 4) {
      v128.store(x, fma4(v128.load(filter), v128.load(y), v128.load(x)));
      x += 16;
      filter += 16;
      y += 16;
    }
    channels = left;
  }
  for (let c = 0; c < channels; c++) {
    for (let q = 0; q < multiplier; q++) {
      if (mode == FORWARD) store<f32>(y, load<f32>(y) + load<f32>(x) * load<f32>(filter));
      else store<f32>(x, load<f32>(x) + load<f32>(filter) * load<f32>(y));
      filter += 4;
      y += 4;
    }
    x += 4;
  }
}

/** All elements of the window of one output pixel, whose channels are at `y`, for `wide` input channels from c0 on. */
function windows(
  g: usize, x: usize, filter: usize, y: usize, image: i32, oh: i32, ow: i32, c0: i32, wide: i32, mode: i32,
): void {
  const channels = inC(g), width = inW(g), height = inH(g);
  const multiplier = channels > 0 ? outC(g) / channels : 0;
  const kernelH = kH(g), kernelW = kW(g);
  const h0 = oh * strideH(g) - padH(g), w0 = ow * strideW(g) - padW(g);
  for (let kh = 0; kh < kernelH; kh++) {
    const h = h0 + kh * dilationH(g);
    if (h < 0 || h >= height) continue;
    for (let kw = 0; kw < kernelW; kw++) {
      const w = w0 + kw * dilationW(g);
      if (w < 0 || w >= width) continue;
      const at = x + (<usize>(((image * height + h) * width + w) * channels + c0) << 2);
      const tap = filter + (<usize>(((kh * kernelW + kw) * channels + c0) * multiplier) << 2);
      pixel(at, tap, y, min(wide, channels - c0), multiplier, mode);
    }
  }
}

function visit(g: usize, x: usize, filter: usize, y: usize, image: i32, c0: i32, wide: i32): void {
  const down = outH(g), across = outW(g), n = outC(g);
  let at = y + (<usize>(image * down * across * n + c0 * (n / inC(g))) << 2);
  for (let oh = 0; oh < down; oh++) {
    for (let ow = 0; ow < across; ow++) {
      windows(g, x, filter, at, image, oh, ow, c0, wide, INPUT);
      at += <usize>n << 2;
    }
  }
}
