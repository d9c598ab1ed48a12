// The gradient of maximum pooling: dy goes to the first maximum of its window, found anew from x.

import {
  inC, inD, inH, inW, kD, kH, kW, outD, outH, outW, padD, padH, padW, strideD, strideH, strideW,
} from './geometry';

/** Where x is the maximum `best` of its window: equal to it, or the NaN that made it one. */
@inline
function isBest(x: v128, best: v128): v128 {
  return v128.or(f32x4.eq(x, best), f32x4.ne(x, x));
}

/** Four floats, or `lanes` of them at the end of the channels. */
@inline
function read(at: usize, lanes: i32): v128 {
  if (lanes >= 4) return v128.load(at);
  let value = v128.load32_zero(at);
  if (lanes > 1) value = v128.load32_lane(at + 4, value, 1);
  if (lanes > 2) value = v128.load32_lane(at + 8, value, 2);
  return value;
}

@inline
function write(at: usize, value: v128, lanes: i32): void {
  if (lanes >= 4) {
    v128.store(at, value);
    return;
  }
  v128.store32_lane(at, value, 0);
  if (lanes > 1) v128.store32_lane(at + 4, value, 1);
  if (lanes > 2) v128.store32_lane(at + 8, value, 2);
}

/**
 * For windows that do not overlap. An item is one row of output, and what it writes is everything from where its windows
 * begin to where the next row's do (from the edge, and to it, for the first and the last), so every dx is written once.
 */
export function maxPoolGradApart(
  g: usize, x: usize, dy: usize, dx: usize, first: i32, last: i32, scratch: usize,
): void {
  const channels = inC(g), width = inW(g), height = inH(g), depth = inD(g);
  const across = outW(g), down = outH(g), deep = outD(g);
  const pixel = <usize>channels << 2;
  const line = <usize>width * pixel;
  const pair = kD(g) == 1 && kH(g) == 2 && kW(g) == 2 && channels % 4 == 0;
  dy += <usize>first * <usize>across * pixel;
  for (let item = first; item < last; item++) {
    const slab = item / down;
    const image = slab / deep;
    const od = slab - image * deep, oh = item - slab * down;
    const d0 = od * strideD(g) - padD(g), h0 = oh * strideH(g) - padH(g);
    const dFrom = od == 0 ? 0 : max(d0, 0), dTo = od == deep - 1 ? depth : min(depth, d0 + strideD(g));
    const hFrom = oh == 0 ? 0 : max(h0, 0), hTo = oh == down - 1 ? height : min(height, h0 + strideH(g));
    const origin = <usize>(image * depth) * <usize>height * line;
    const flat = pair && dTo == dFrom + 1 && d0 == dFrom && hFrom == h0 && hTo == h0 + 2;
    for (let ow = 0; ow < across; ow++) {
      const w0 = ow * strideW(g) - padW(g);
      const wFrom = ow == 0 ? 0 : max(w0, 0), wTo = ow == across - 1 ? width : min(width, w0 + strideW(g));
      if (flat && wFrom == w0 && wTo == w0 + 2) {
        const at = origin + <usize>(dFrom * height + hFrom) * line + <usize>wFrom * pixel;
        for (let c: usize = 0; c < pixel; c += 16) {
          const here = x + at + c, there = dx + at + c;
          const a = v128.load(here), b = v128.load(here + pixel);
          const e = v128.load(here + line), f = v128.load(here + line + pixel);
          const best = f32x4.max(f32x4.max(a, b), f32x4.max(e, f));
          let left = v128.load(dy + c);
          const inA = isBest(a, best), inB = isBest(b, best), inE = isBest(e, best);
          v128.store(there, v128.and(left, inA));
          left = v128.andnot(left, inA);
          v128.store(there + pixel, v128.and(left, inB));
          left = v128.andnot(left, inB);
          v128.store(there + line, v128.and(left, inE));
          v128.store(there + line + pixel, v128.andnot(left, inE));
        }
        dy += pixel;
        continue;
      }
      for (let c = 0; c < channels; c += 4) {
        const lanes = channels - c;
        const best = maximum(g, x + origin + (<usize>c << 2), d0, h0, w0, lanes);
        let left = read(dy + (<usize>c << 2), lanes);
        for (let d = dFrom; d < dTo; d++) {
          for (let h = hFrom; h < hTo; h++) {
            for (let w = wFrom; w < wTo; w++) {
              const at = origin + <usize>(d * height + h) * line + <usize>w * pixel + (<usize>c << 2);
              let value = i32x4.splat(0);
              if (d >= d0 && d < d0 + kD(g) && h >= h0 && h < h0 + kH(g) && w >= w0 && w < w0 + kW(g)) {
                const hit = isBest(read(x + at, lanes), best);
                value = v128.and(left, hit);
                left = v128.andnot(left, hit);
              }
              write(dx + at, value, lanes);
            }
          }
        }
      }
      dy += pixel;
    }
  }
}

/** The maximum of the window that begins at (d, h, w), which may lie outside in part; x is the image's first pixel. */
function maximum(g: usize, x: usize, d: i32, h: i32, w: i32, lanes: i32): v128 {
  const pixel = <usize>inC(g) << 2;
  let best = f32x4.splat(-Infinity);
  for (let i = max(d, 0); i < min(inD(g), d + kD(g)); i++) {
    for (let j = max(h, 0); j < min(inH(g), h + kH(g)); j++) {
      const row = x + <usize>((i * inH(g) + j) * inW(g)) * pixel;
      for (let k = max(w, 0); k < min(inW(g), w + kW(g)); k++) {
        best = f32x4.max(best, read(row + <usize>k * pixel, lanes));
      }
    }
  }
  return best;
}

/** For windows that overlap. An item is `block` channels of one image: all that one element can add to. */
export function maxPoolGradOver(
  g: usize, x: usize, dy: usize, dx: usize, block: i32, first: i32, last: i32, scratch: usize,
): void {
  const channels = inC(g), width = inW(g), height = inH(g), depth = inD(g);
  const across = outW(g), down = outH(g), deep = outD(g);
  const pixel = <usize>channels << 2;
  const line = <usize>width * pixel;
  const blocks = (channels + block - 1) / block;
  for (let item = first; item < last; item++) {
    const image = item / blocks;
    const from = (item - image * blocks) * block;
    const to = min(channels, from + block);
    const origin = <usize>(image * depth) * <usize>height * line;
    const bytes = <usize>(to - from) << 2;
    for (let i = 0; i < depth * height * width; i++) {
      memory.fill(dx + origin + <usize>i * pixel + (<usize>from << 2), 0, bytes);
    }
    let up = dy + <usize>image * <usize>(deep * down * across) * pixel;
    for (let od = 0; od < deep; od++) {
      const d0 = od * strideD(g) - padD(g);
      for (let oh = 0; oh < down; oh++) {
        const h0 = oh * strideH(g) - padH(g);
        for (let ow = 0; ow < across; ow++, up += pixel) {
          const w0 = ow * strideW(g) - padW(g);
          for (let c = from; c < to; c += 4) {
            const lanes = to - c;
            const start = origin + (<usize>c << 2);
            const best = maximum(g, x + start, d0, h0, w0, lanes);
            let left = read(up + (<usize>c << 2), lanes);
            for (let d = max(d0, 0); d < min(depth, d0 + kD(g)); d++) {
              for (let h = max(h0, 0); h < min(height, h0 + kH(g)); h++) {
                for (let w = max(w0, 0); w < min(width, w0 + kW(g)); w++) {
                  const at = start + <usize>(d * height + h) * line + <usize>w * pixel;
                  const hit = isBest(read(x + at, lanes), best);
                  write(dx + at, f32x4.add(read(dx + at, lanes), v128.and(left, hit)), lanes);
                  left = v128.andnot(left, hit);
                }
              }
            }
          }
        }
      }
    }
  }
}
