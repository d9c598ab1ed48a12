// Maximum pooling in two and three dimensions, its gradient and its positions. Every window is met in reading order and
// the first of equal maxima wins, as in Keras and TensorFlow; a NaN in a window is its maximum.

import {
  batch, dilationD, dilationH, dilationW, inC, inD, inH, inW, kD, kH, kW, outD, outH, outW, padD, padH, padW, strideD, strideH,
  strideW,
} from './geometry';

const LOWEST: f32 = -Infinity;

/** Values only: out = the maximum of each window, four channels at a time. */
export function maxPool(g: usize, x: usize, out: usize): void {
  visit(g, x, out, 0, 0, 0, 0);
}

/** out and, as int32, the index of each maximum within its image (`whole` = 0) or within the batch (1). */
export function maxPoolWithArgmax(g: usize, x: usize, out: usize, positions: usize, whole: i32): void {
  visit(g, x, out, positions, 0, 0, whole);
}

/** dx += dy at the first maximum of each window; dx must be cleared before. */
export function maxPoolGrad(g: usize, x: usize, dy: usize, dx: usize): void {
  visit(g, x, 0, 0, dy, dx, 1);
}

@inline
function lanewise(best: v128, value: v128): v128 {
  // True where value is greater, or NaN while best is not.
  return v128.or(f32x4.gt(value, best), v128.andnot(f32x4.ne(value, value), f32x4.ne(best, best)));
}

@inline
function spread(dx: usize, dy: usize, index: i32): void {
  const at = dx + (<usize>index << 2);
  store<f32>(at, load<f32>(at) + load<f32>(dy));
}

function visit(g: usize, x: usize, out: usize, positions: usize, dy: usize, dx: usize, whole: i32): void {
  const channels = inC(g), width = inW(g), height = inH(g), depth = inD(g);
  const images = batch(g), across = outW(g), down = outH(g), deep = outD(g);
  const imageSize = depth * height * width * channels;
  let o: usize = 0;
  for (let image = 0; image < images; image++) {
    for (let od = 0; od < deep; od++) {
      const d0 = od * strideD(g) - padD(g);
      const dEnd = min(depth, d0 + (kD(g) - 1) * dilationD(g) + 1);
      for (let oh = 0; oh < down; oh++) {
        const h0 = oh * strideH(g) - padH(g);
        const hEnd = min(height, h0 + (kH(g) - 1) * dilationH(g) + 1);
        for (let ow = 0; ow < across; ow++) {
          const w0 = ow * strideW(g) - padW(g);
          const wEnd = min(width, w0 + (kW(g) - 1) * dilationW(g) + 1);
          let c = 0;
          for (; c + 4 <= channels; c += 4) {
            let best = f32x4.splat(LOWEST);
            let where = i32x4.splat(-1);
            for (let d = d0; d < dEnd; d += dilationD(g)) {
              if (d < 0) continue;
              for (let h = h0; h < hEnd; h += dilationH(g)) {
                if (h < 0) continue;
                for (let w = w0; w < wEnd; w += dilationW(g)) {
                  if (w < 0) continue;
                  const index = (((image * depth + d) * height + h) * width + w) * channels + c;
                  const value = v128.load(x + (<usize>index << 2));
                  // The first element is taken as it is: a window of -Infinity has a maximum too.
                  const better = v128.or(lanewise(best, value), i32x4.eq(where, i32x4.splat(-1)));
                  best = v128.bitselect(value, best, better);
                  where = v128.bitselect(i32x4.splat(index), where, better);
                }
              }
            }
            if (out != 0) v128.store(out + o, best);
            if (positions != 0) {
              const first = whole != 0 ? 0 : image * imageSize;
              v128.store(positions + o, i32x4.sub(i32x4.add(where, i32x4(0, 1, 2, 3)), i32x4.splat(first)));
            }
            if (dy != 0) {
              spread(dx, dy + o, i32x4.extract_lane(where, 0));
              spread(dx, dy + o + 4, i32x4.extract_lane(where, 1) + 1);
              spread(dx, dy + o + 8, i32x4.extract_lane(where, 2) + 2);
              spread(dx, dy + o + 12, i32x4.extract_lane(where, 3) + 3);
            }
            o += 16;
          }
          for (; c < channels; c++) {
            let best: f32 = LOWEST;
            let where = -1;
            for (let d = d0; d < dEnd; d += dilationD(g)) {
              if (d < 0) continue;
              for (let h = h0; h < hEnd; h += dilationH(g)) {
                if (h < 0) continue;
                for (let w = w0; w < wEnd; w += dilationW(g)) {
                  if (w < 0) continue;
                  const index = (((image * depth + d) * height + h) * width + w) * channels + c;
                  const value = load<f32>(x + (<usize>index << 2));
                  if (where < 0 || value > best || (value != value && best == best)) {
                    best = value;
                    where = index;
                  }
                }
              }
            }
            if (out != 0) store<f32>(out + o, best);
            if (positions != 0) store<i32>(positions + o, where - (whole != 0 ? 0 : image * imageSize));
            if (dy != 0) spread(dx, dy + o, where);
            o += 4;
          }
        }
      }
    }
  }
}
