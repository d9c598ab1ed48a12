// Depthwise convolution of NHWC images: output channel c * multiplier + q reads input channel c alone. The filter is
// [kH, kW, inC, multiplier]. With a multiplier of 1 four channels go at a time.

import {
  batch, dilationH, dilationW, inC, inH, inW, kH, kW, outC, outH, outW, padH, padW, strideH, strideW,
} from './geometry';
import { zeroFloats } from './memory';

const FORWARD: i32 = 0;
const FILTER: i32 = 1;
const INPUT: i32 = 2;

/** out = x * filter. */
export function depthwise(g: usize, x: usize, filter: usize, out: usize): void {
  zeroFloats(out, batch(g) * outH(g) * outW(g) * outC(g));
  visit(g, x, filter, out, FORWARD);
}

/** dFilter = sum over windows of x dy. */
export function depthwiseFilterGrad(g: usize, x: usize, dFilter: usize, dy: usize): void {
  zeroFloats(dFilter, kH(g) * kW(g) * outC(g));
  visit(g, x, dFilter, dy, FILTER);
}

/** dx = sum over windows of filter dy. */
export function depthwiseInputGrad(g: usize, dx: usize, filter: usize, dy: usize): void {
  zeroFloats(dx, batch(g) * inH(g) * inW(g) * inC(g));
  visit(g, dx, filter, dy, INPUT);
}

@inline
function pixel(x: usize, filter: usize, y: usize, channels: i32, multiplier: i32, mode: i32): void {
  if (multiplier == 1) {
    let left = channels;
    for (; left >= 4; left -= 4) {
      if (mode == FORWARD) v128.store(y, f32x4.add(v128.load(y), f32x4.mul(v128.load(x), v128.load(filter))));
      else if (mode == FILTER) v128.store(filter, f32x4.add(v128.load(filter), f32x4.mul(v128.load(x), v128.load(y))));
      else v128.store(x, f32x4.add(v128.load(x), f32x4.mul(v128.load(filter), v128.load(y))));
      x += 16;
      filter += 16;
      y += 16;
    }
    channels = left;
  }
  for (let c = 0; c < channels; c++) {
    for (let q = 0; q < multiplier; q++) {
      if (mode == FORWARD) store<f32>(y, load<f32>(y) + load<f32>(x) * load<f32>(filter));
      else if (mode == FILTER) store<f32>(filter, load<f32>(filter) + load<f32>(x) * load<f32>(y));
      else store<f32>(x, load<f32>(x) + load<f32>(filter) * load<f32>(y));
      filter += 4;
      y += 4;
    }
    x += 4;
  }
}

@inline
function visit(g: usize, x: usize, filter: usize, y: usize, mode: i32): void {
  const channels = inC(g), width = inW(g), height = inH(g);
  const multiplier = channels > 0 ? outC(g) / channels : 0;
  const images = batch(g), across = outW(g), down = outH(g), kernelH = kH(g), kernelW = kW(g);
  const tapBytes = <usize>outC(g) << 2;
  for (let image = 0; image < images; image++) {
    for (let oh = 0; oh < down; oh++) {
      const h0 = oh * strideH(g) - padH(g);
      for (let ow = 0; ow < across; ow++) {
        const w0 = ow * strideW(g) - padW(g);
        for (let kh = 0; kh < kernelH; kh++) {
          const h = h0 + kh * dilationH(g);
          if (h < 0 || h >= height) continue;
          for (let kw = 0; kw < kernelW; kw++) {
            const w = w0 + kw * dilationW(g);
            if (w < 0 || w >= width) continue;
            const at = x + (<usize>(((image * height + h) * width + w) * channels) << 2);
            pixel(at, filter + <usize>(kh * kernelW + kw) * tapBytes, y, channels, multiplier, mode);
          }
        }
        y += tapBytes;
      }
    }
  }
}
