// Convolution without a matrix of windows: four output positions times eight output channels are kept in registers while
// the window goes by, each input read where it lies and spread over the lanes, the filter from packed panels of eight
// channels. Any number of channels, stride, dilation and dimension; bias and activation are applied on the way out.

import { activate } from './activation';
import { inputRows, liesInside, spanH, spanW } from './convRows';
import { fma4 } from './fma';
import {
  dilationH, dilationW, groups, inC, inW, kD, kH, kW, outC, outD, outH, outW, strideH, strideW,
} from './geometry';

/** Bytes of packed filter that are gone through for each four positions before the next four. */
const NEAR: i32 = 16384;

/**
 * Panels of eight output channels, [groups, ceil(n / 8), k, 8], of a filter [k, groups, n], filled up with zeros. With
 * `flip`, of the filter that carries gradients back: [taps, c, groups, n] is read with its taps in reverse and the roles of
 * c and n exchanged.
 */
export function packFilter(filter: usize, taps: i32, c: i32, n: i32, groupCount: i32, flip: i32, panels: usize): void {
  const inputs = flip != 0 ? n : c, outputs = flip != 0 ? c : n;
  const row = n * groupCount;
  for (let group = 0; group < groupCount; group++) {
    for (let j = 0; j < outputs; j += 8) {
      for (let tap = 0; tap < taps; tap++) {
        const from = filter + (<usize>((flip != 0 ? taps - 1 - tap : tap) * c * row + group * n) << 2);
        for (let i = 0; i < inputs; i++) {
          for (let q = j; q < j + 8; q++) {
            const at = flip != 0 ? q * row + i : i * row + q;
            store<f32>(panels, q < outputs ? load<f32>(from + (<usize>at << 2)) : 0);
            panels += 4;
          }
        }
      }
    }
  }
}

@inline
function put(at: usize, low: v128, high: v128, bias: usize, left: i32, activation: i32, alpha: f32): void {
  if (left >= 8) {
    if (bias != 0) {
      low = f32x4.add(low, v128.load(bias));
      high = f32x4.add(high, v128.load(bias, 16));
    }
    if (activation != 0) {
      low = activate(low, activation, alpha);
      high = activate(high, activation, alpha);
    }
    v128.store(at, low);
    v128.store(at, high, 16);
  } else putSome(at, low, high, bias, left, activation, alpha);
}

function putSome(at: usize, low: v128, high: v128, bias: usize, left: i32, activation: i32, alpha: f32): void {
  if (left >= 4) {
    if (bias != 0) low = f32x4.add(low, v128.load(bias));
    // A call for each vector would cost as much as a small window.
    v128.store(at, activation == 0 ? low : activate(low, activation, alpha));
    low = high;
    left -= 4;
    at += 16;
    if (bias != 0) bias += 16;
  }
  for (; left > 0; left--) {
    let value = low;
    if (bias != 0) {
      value = f32x4.add(low, f32x4.splat(load<f32>(bias)));
      bias += 4;
    }
    v128.store_lane<f32>(at, activate(value, activation, alpha), 0);
    low = v128.shuffle<f32>(low, low, 1, 2, 3, 0);
    at += 4;
  }
}

/**
 * out = activation(x * filter + bias) for the items first … last - 1; an item is a block of `blockRows` output rows of one
 * slab of one image. `scratch` holds [kD, spanH(blockRows), spanW, inC, groups] floats.
 */
export function directConv(
  g: usize, x: usize, panels: usize, bias: usize, activation: i32, alpha: f32, out: usize, blockRows: i32, first: i32, last: i32,
  scratch: usize,
): void {
  const channels = inC(g), all = channels * groups(g), n = outC(g), across = outW(g), down = outH(g);
  const blocks = (down + blockRows - 1) / blockRows;
  const k = kD(g) * kH(g) * kW(g) * channels;
  const panelBytes = <usize>k << 5;
  const near = max(1, NEAR / max(1, k << 5));
  // Taps that lie side by side in a row are one run.
  const taps = dilationW(g) == 1 && groups(g) == 1 ? 1 : kW(g);
  const run = <usize>(taps == 1 ? kW(g) * channels : channels) << 2;
  const tapBytes = <usize>(dilationW(g) * all) << 2;
  const pixelBytes = <usize>(strideW(g) * all) << 2;
  const outBytes = <usize>(n * groups(g)) << 2;
  const perGroup = (n + 7) >> 3;
  const count = perGroup * groups(g);
  const kernelD = kD(g), kernelH = kH(g);
  for (let item = first; item < last; item++) {
    const slab = item / blocks;
    const oh = (item - slab * blocks) * blockRows;
    const rows = min(blockRows, down - oh);
    const width = liesInside(g, oh, rows) ? inW(g) : spanW(g);
    const rowBytes = <usize>(width * all) << 2;
    const lineBytes = rowBytes * <usize>dilationH(g);
    const planeBytes = rowBytes * <usize>spanH(g, rows);
    const nextRow = rowBytes * <usize>strideH(g) - pixelBytes * <usize>(across - 1);
    const image = slab / outD(g);
    const base = inputRows(g, x, image, 0, all, slab - image * outD(g), oh, rows, scratch);
    const y = out + <usize>((slab * down + oh) * across) * outBytes;
    const positions = rows * across;
    for (let from = 0; from < count; from += near) {
      const to = min(count, from + near);
      let next = base, ow = 0;
      for (let p = 0; p < positions; p += 4) {
        const left = positions - p;
        // A position beyond the last is the last again, and is not stored.
        const x0 = next;
        if (left > 1) { if (++ow == across) { ow = 0; next += nextRow; } else next += pixelBytes; }
        const x1 = next;
        if (left > 2) { if (++ow == across) { ow = 0; next += nextRow; } else next += pixelBytes; }
        const x2 = next;
        if (left > 3) { if (++ow == across) { ow = 0; next += nextRow; } else next += pixelBytes; }
        const x3 = next;
        if (left > 4) { if (++ow == across) { ow = 0; next += nextRow; } else next += pixelBytes; }
        let group = from / perGroup;
        let j = (from - group * perGroup) << 3;
        for (let panel = from; panel < to; panel++) {
          let b = panels + <usize>panel * panelBytes;
          let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
          let plane = <usize>(group * channels) << 2;
          for (let kd = 0; kd < kernelD; kd++) {
            let line = plane;
            for (let kh = 0; kh < kernelH; kh++) {
              let tap = line;
              for (let kw = 0; kw < taps; kw++) {
                let a0 = x0 + tap, a1 = x1 + tap, a2 = x2 + tap, a3 = x3 + tap;
                const end = a0 + run;
                while (a0 < end) {
                  const b0 = v128.load(b), b1 = v128.load(b, 16);
                  const v0 = v128.load32_splat(a0), v1 = v128.load32_splat(a1);
                  const v2 = v128.load32_splat(a2), v3 = v128.load32_splat(a3);
                  c00 = fma4(v0, b0, c00);
                  c01 = fma4(v0, b1, c01);
                  c10 = fma4(v1, b0, c10);
                  c11 = fma4(v1, b1, c11);
                  c20 = fma4(v2, b0, c20);
                  c21 = fma4(v2, b1, c21);
                  c30 = fma4(v3, b0, c30);
                  c31 = fma4(v3, b1, c31);
                  a0 += 4;
                  a1 += 4;
                  a2 += 4;
                  a3 += 4;
                  b += 32;
                }
                tap += tapBytes;
              }
              line += lineBytes;
            }
            plane += planeBytes;
          }
          const rest = n - j;
          const column = <usize>(group * n + j) << 2;
          const biasAt = bias == 0 ? 0 : bias + column;
          const at = y + <usize>p * outBytes + column;
          put(at, c00, c01, biasAt, rest, activation, alpha);
          if (left > 1) put(at + outBytes, c10, c11, biasAt, rest, activation, alpha);
          if (left > 2) put(at + 2 * outBytes, c20, c21, biasAt, rest, activation, alpha);
          if (left > 3) put(at + 3 * outBytes, c30, c31, biasAt, rest, activation, alpha);
          j += 8;
          if (j >= n) {
            j = 0;
            group++;
          }
        }
      }
    }
  }
}
