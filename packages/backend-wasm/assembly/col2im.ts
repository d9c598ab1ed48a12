// From the matrix of an image's windows, one row an output position, one column an element of the window (kd, kh, kw, c),
// back to the image [batch, D, H, W, C]. Rows first .. first + count - 1 are handled, so that the caller can go through a
// large image in blocks of bounded size.

import {
  dilationD, dilationH, dilationW, groups, inC, inD, inH, inW, kD, kH, kW, outD, outH, outW, padD, padH, padW, strideD, strideH, strideW,
} from './geometry';
import { addFloats } from './memory';

/** x += each window's values at the places they came from; of a group, where x is its first channel. */
export function col2im(g: usize, x: usize, cols: usize, first: i32, count: i32): void {
  const channels = inC(g), width = inW(g), height = inH(g), depth = inD(g);
  const kernelD = kD(g), kernelH = kH(g), kernelW = kW(g);
  const stepW = dilationW(g);
  const across = outW(g), down = outH(g), deep = outD(g);
  const pixelBytes = <usize>(groups(g) * channels) << 2;
  const span = kernelW * channels;
  for (let p = first; p < first + count; p++) {
    const ow = p % across;
    const rest = p / across;
    const oh = rest % down;
    const slab = rest / down;
    const od = slab % deep;
    const image = slab / deep;
    const w0 = ow * strideW(g) - padW(g);
    const h0 = oh * strideH(g) - padH(g);
    const d0 = od * strideD(g) - padD(g);
    const whole = groups(g) == 1 && stepW == 1 && w0 >= 0 && w0 + kernelW <= width;
    for (let kd = 0; kd < kernelD; kd++) {
      const d = d0 + kd * dilationD(g);
      for (let kh = 0; kh < kernelH; kh++) {
        const h = h0 + kh * dilationH(g);
        if (d < 0 || d >= depth || h < 0 || h >= height) {
          cols += <usize>span << 2;
          continue;
        }
        const row = x + <usize>(((image * depth + d) * height + h) * width) * pixelBytes;
        if (whole) {
          const at = row + <usize>w0 * pixelBytes;
          addFloats(at, cols, span);
          cols += <usize>span << 2;
          continue;
        }
        let w = w0;
        for (let kw = 0; kw < kernelW; kw++) {
          if (w >= 0 && w < width) {
            const at = row + <usize>w * pixelBytes;
            addFloats(at, cols, channels);
          }
          cols += <usize>channels << 2;
          w += stepW;
        }
      }
    }
  }
}
