// Maximum pooling in two and three dimensions, and its positions. Every window is met in reading order and the first of equal
// maxima wins, as in Keras and TensorFlow; a NaN in a window is its maximum. Pooling knows no dilation.

import {
  batch, inC, inD, inH, inW, kD, kH, kW, outD, outH, outW, padD, padH, padW, strideD, strideH, strideW,
} from './geometry';

const LOWEST: f32 = -Infinity;

/** out = the maximum of each window; an item is one row of output. */
export function maxPool(g: usize, x: usize, out: usize, first: i32, last: i32, scratch: usize): void {
  const channels = inC(g), width = inW(g), height = inH(g), depth = inD(g), across = outW(g);
  const pixel = <usize>channels << 2;
  const line = <usize>width * pixel;
  const pair = kD(g) == 1 && kH(g) == 2 && kW(g) == 2;
  out += <usize>first * <usize>across * pixel;
  for (let item = first; item < last; item++) {
    const slab = item / outH(g);
    const image = slab / outD(g);
    const d = (slab - image * outD(g)) * strideD(g) - padD(g);
    const h = (item - slab * outH(g)) * strideH(g) - padH(g);
    const d0 = max(d, 0), dEnd = min(depth, d + kD(g));
    const h0 = max(h, 0), hEnd = min(height, h + kH(g));
    const rows = hEnd - h0;
    const from = x + <usize>((image * depth + d0) * height + h0) * line;
    for (let ow = 0; ow < across; ow++) {
      const w = ow * strideW(g) - padW(g);
      const w0 = max(w, 0), cols = min(width, w + kW(g)) - w0;
      const at = from + <usize>w0 * pixel;
      const whole = pair && dEnd > d0 && rows == 2 && cols == 2;
      let c: usize = 0;
      if (whole) {
        const below = at + line;
        for (; c + 16 <= pixel; c += 16) {
          const top = f32x4.max(v128.load(at + c), v128.load(at + c + pixel));
          const bottom = f32x4.max(v128.load(below + c), v128.load(below + c + pixel));
          v128.store(out + c, f32x4.max(top, bottom));
        }
        for (; c < pixel; c += 4) {
          const top = max<f32>(load<f32>(at + c), load<f32>(at + c + pixel));
          const bottom = max<f32>(load<f32>(below + c), load<f32>(below + c + pixel));
          store<f32>(out + c, max<f32>(top, bottom));
        }
      } else {
        for (; c + 16 <= pixel; c += 16) {
          let best = f32x4.splat(LOWEST);
          for (let dd = d0; dd < dEnd; dd++) {
            let row = at + c + <usize>((dd - d0) * height) * line;
            for (let i = 0; i < rows; i++, row += line) {
              for (let j = 0; j < cols; j++) best = f32x4.max(best, v128.load(row + <usize>j * pixel));
            }
          }
          v128.store(out + c, best);
        }
        for (; c < pixel; c += 4) {
          let best = LOWEST;
          for (let dd = d0; dd < dEnd; dd++) {
            let row = at + c + <usize>((dd - d0) * height) * line;
            for (let i = 0; i < rows; i++, row += line) {
              for (let j = 0; j < cols; j++) best = max<f32>(best, load<f32>(row + <usize>j * pixel));
            }
          }
          store<f32>(out + c, best);
        }
      }
      out += pixel;
    }
  }
}

/** The same in two dimensions, and, as int32, the index of each maximum within its image (`whole` = 0) or the batch (1). */
export function maxPoolWithArgmax(g: usize, x: usize, out: usize, positions: usize, whole: i32): void {
  const channels = inC(g), width = inW(g), height = inH(g), images = batch(g), across = outW(g), down = outH(g);
  for (let image = 0; image < images; image++) {
    const base = whole != 0 ? 0 : image * height * width * channels;
    for (let oh = 0; oh < down; oh++) {
      const h = oh * strideH(g) - padH(g);
      const h0 = max(h, 0), hEnd = min(height, h + kH(g));
      for (let ow = 0; ow < across; ow++) {
        const w = ow * strideW(g) - padW(g);
        const w0 = max(w, 0), wEnd = min(width, w + kW(g));
        for (let c = 0; c < channels; c++) {
          let best: f32 = LOWEST;
          let where = -1;
          for (let i = h0; i < hEnd; i++) {
            for (let j = w0; j < wEnd; j++) {
              const index = ((image * height + i) * width + j) * channels + c;
              const value = load<f32>(x + (<usize>index << 2));
              if (where < 0 || value > best || (value != value && best == best)) {
                best = value;
                where = index;
              }
            }
          }
          store<f32>(out, best);
          store<i32>(positions, where - base);
          out += 4;
          positions += 4;
        }
      }
    }
  }
}
