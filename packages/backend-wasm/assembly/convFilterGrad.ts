// The gradient of a convolution's filter without a matrix of windows: four elements of the window times eight output
// channels are kept in registers while a block of positions goes by.

import { inputRows, liesInside, spanH, spanW } from './convRows';
import { fma4 } from './fma';
import {
  batch, dilationH, dilationW, groups, inC, inW, kD, kH, kW, outC, outD, outH, outW, strideH, strideW,
} from './geometry';

/** Panels of eight of n channels of dy, [ceil(n / 8), positions, 8], filled up with zeros. */
@inline
function packRows(dy: usize, pixelBytes: usize, n: i32, positions: i32, panels: usize): void {
  for (let j = 0; j < n; j += 8) {
    let at = dy + (<usize>j << 2);
    for (let p = 0; p < positions; p++) {
      if (j + 8 <= n) {
        v128.store(panels, v128.load(at));
        v128.store(panels, v128.load(at, 16), 16);
      } else {
        for (let q = 0; q < 8; q++) store<f32>(panels + (<usize>q << 2), j + q < n ? load<f32>(at + (<usize>q << 2)) : 0);
      }
      at += pixelBytes;
      panels += 32;
    }
  }
}

/**
 * partials[item] = [ceil(n / 8), k, 8] of the sum over the item's images of window times dy. An item is a group of a run of
 * `perItem` images; `scratch` holds the offsets of the k window elements, the input rows of a block and its packed dy.
 */
export function convFilterGrad(
  g: usize, x: usize, dy: usize, partials: usize, perItem: i32, blockRows: i32, first: i32, last: i32, scratch: usize,
): void {
  const channels = inC(g), n = outC(g), across = outW(g), down = outH(g), deep = outD(g);
  const k = kD(g) * kH(g) * kW(g) * channels;
  const panels = (n + 7) >> 3;
  const partialBytes = <usize>(panels * k) << 5;
  const pixelBytes = <usize>(strideW(g) * channels) << 2;
  const dyBytes = <usize>(n * groups(g)) << 2;
  const buffer = scratch + ((<usize>k * 4 + 15) & ~15);
  const packed = buffer + ((<usize>(kD(g) * spanH(g, blockRows) * spanW(g) * channels) * 4 + 15) & ~15);
  for (let item = first; item < last; item++) {
    const target = partials + <usize>item * partialBytes;
    memory.fill(target, 0, partialBytes);
    const images = item / groups(g);
    const group = item - images * groups(g);
    const end = min(batch(g), (images + 1) * perItem);
    for (let slab = images * perItem * deep; slab < end * deep; slab++) {
      const image = slab / deep;
      for (let oh = 0; oh < down; oh += blockRows) {
        const rows = min(blockRows, down - oh);
        const width = groups(g) == 1 && liesInside(g, oh, rows) ? inW(g) : spanW(g);
        const rowBytes = <usize>(width * channels) << 2;
        const base = inputRows(g, x, image, group, channels, slab - image * deep, oh, rows, buffer);
        const nextRow = rowBytes * <usize>strideH(g) - pixelBytes * <usize>across;
        const positions = rows * across;
        packRows(dy + <usize>((slab * down + oh) * across) * dyBytes + (<usize>(group * n) << 2), dyBytes, n, positions, packed);
        let at = scratch;
        for (let kd = 0; kd < kD(g); kd++) {
          for (let kh = 0; kh < kH(g); kh++) {
            for (let kw = 0; kw < kW(g); kw++) {
              let offset = (kd * spanH(g, rows) + kh * dilationH(g)) * <i32>rowBytes + ((kw * dilationW(g) * channels) << 2);
              for (let c = 0; c < channels; c++) {
                store<i32>(at, offset);
                offset += 4;
                at += 4;
              }
            }
          }
        }
        for (let panel = 0; panel < panels; panel++) {
          const b0At = packed + (<usize>(panel * positions) << 5);
          let c = target + (<usize>(panel * k) << 5);
          for (let i = 0; i < k; i += 4) {
            const left = k - i;
            // An element beyond the last is the last again, and is not stored.
            const offsets = scratch + (<usize>i << 2);
            let a0 = base + load<i32>(offsets);
            let a1 = base + load<i32>(offsets + (<usize>min(1, left - 1) << 2));
            let a2 = base + load<i32>(offsets + (<usize>min(2, left - 1) << 2));
            let a3 = base + load<i32>(offsets + (<usize>min(3, left - 1) << 2));
            let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
            let b = b0At;
            for (let row = 0; row < rows; row++) {
              const stop = b + (<usize>across << 5);
              while (b < stop) {
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
                a0 += pixelBytes;
                a1 += pixelBytes;
                a2 += pixelBytes;
                a3 += pixelBytes;
                b += 32;
              }
              a0 += nextRow;
              a1 += nextRow;
              a2 += nextRow;
              a3 += nextRow;
            }
            gain(c, c00, c01);
            if (left > 1) gain(c + 32, c10, c11);
            if (left > 2) gain(c + 64, c20, c21);
            if (left > 3) gain(c + 96, c30, c31);
            c += 128;
          }
        }
      }
    }
  }
}

@inline
function gain(at: usize, low: v128, high: v128): void {
  v128.store(at, f32x4.add(v128.load(at), low));
  v128.store(at, f32x4.add(v128.load(at, 16), high), 16);
}

/** out[k, groups, n] = the sum of `count` partial sums, in their order; the items are panels of eight columns of a group. */
export function sumPanels(
  partials: usize, count: i32, k: i32, n: i32, groupCount: i32, out: usize, first: i32, last: i32, scratch: usize,
): void {
  const perGroup = (n + 7) >> 3;
  const row = n * groupCount;
  const bytes = <usize>(perGroup * k * groupCount) << 5;
  for (let panel = first; panel < last; panel++) {
    const group = panel / perGroup;
    const j = (panel - group * perGroup) << 3;
    for (let i = 0; i < k; i++) {
      let from = partials + (<usize>(panel * k + i) << 5);
      let low = f32x4.splat(0), high = low;
      for (let s = 0; s < count; s++) {
        low = f32x4.add(low, v128.load(from));
        high = f32x4.add(high, v128.load(from, 16));
        from += bytes;
      }
      const to = out + (<usize>(i * row + group * n + j) << 2);
      if (j + 8 <= n) {
        v128.store(to, low);
        v128.store(to, high, 16);
      } else {
        for (let q = 0; q < n - j; q++) {
          v128.store_lane<f32>(to + (<usize>q << 2), low, 0);
          low = v128.shuffle<f32>(low, high, 1, 2, 3, 4);
          high = v128.shuffle<f32>(high, high, 1, 2, 3, 0);
        }
      }
    }
  }
}
