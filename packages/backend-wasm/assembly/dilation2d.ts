// Grey-scale dilation of NHWC images: out = max over the window of x + filter, with a filter [kH, kW, C], and where each
// maximum was, which is all that the two gradients need. The first of equal maxima wins.

import { batch, dilationH, dilationW, inC, inH, inW, kH, kW, outH, outW, padH, padW, strideH, strideW } from './geometry';

/** out, where its address is not 0; dx[maximum] += dy and dFilter[maximum] += dy, where theirs are not. Cleared before. */
export function dilation2d(g: usize, x: usize, filter: usize, out: usize, dy: usize, dx: usize, dFilter: usize): void {
  const channels = inC(g), width = inW(g), height = inH(g);
  let o: usize = 0;
  for (let image = 0; image < batch(g); image++) {
    for (let oh = 0; oh < outH(g); oh++) {
      for (let ow = 0; ow < outW(g); ow++) {
        for (let c = 0; c < channels; c++) {
          let best: f32 = -Infinity;
          let fromX = -1, fromFilter = -1;
          for (let kh = 0; kh < kH(g); kh++) {
            const h = oh * strideH(g) - padH(g) + kh * dilationH(g);
            if (h < 0 || h >= height) continue;
            for (let kw = 0; kw < kW(g); kw++) {
              const w = ow * strideW(g) - padW(g) + kw * dilationW(g);
              if (w < 0 || w >= width) continue;
              const atX = ((image * height + h) * width + w) * channels + c;
              const atFilter = (kh * kW(g) + kw) * channels + c;
              const value = load<f32>(x + (<usize>atX << 2)) + load<f32>(filter + (<usize>atFilter << 2));
              if (fromX < 0 || value > best || (value != value && best == best)) {
                best = value;
                fromX = atX;
                fromFilter = atFilter;
              }
            }
          }
          if (out != 0) store<f32>(out + o, best);
          // A window that lies in the padding altogether has no maximum.
          if (dx != 0 && fromX >= 0) add(dx + (<usize>fromX << 2), load<f32>(dy + o));
          if (dFilter != 0 && fromX >= 0) add(dFilter + (<usize>fromFilter << 2), load<f32>(dy + o));
          o += 4;
        }
      }
    }
  }
}

@inline
function add(at: usize, value: f32): void {
  store<f32>(at, load<f32>(at) + value);
}
