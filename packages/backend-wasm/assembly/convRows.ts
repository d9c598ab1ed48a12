// The rows of an image that a block of output rows reads. Where a window would reach into the padding, the rows are copied
// with zeros around them, and where one group of many is asked for, without the channels of the others; else they are read
// where they lie. Either way the arithmetic meets no border.

import {
  dilationD, dilationH, dilationW, groups, inC, inD, inH, inW, kD, kH, kW, outW, padD, padH, padW, strideD, strideH, strideW,
} from './geometry';
import { copyFloats, zeroFloats } from './memory';

/** How many input columns the windows of one output row span. */
@inline
export function spanW(g: usize): i32 {
  return (outW(g) - 1) * strideW(g) + (kW(g) - 1) * dilationW(g) + 1;
}

/** How many input rows the windows of `rows` output rows span. */
@inline
export function spanH(g: usize, rows: i32): i32 {
  return (rows - 1) * strideH(g) + (kH(g) - 1) * dilationH(g) + 1;
}

/** Whether the windows of the output rows oh … oh + rows - 1 lie inside the image. */
@inline
export function liesInside(g: usize, oh: i32, rows: i32): bool {
  const h = oh * strideH(g) - padH(g);
  return kD(g) == 1 && inD(g) == 1 && padD(g) == 0 && padW(g) == 0 && spanW(g) <= inW(g) && h >= 0 && h + spanH(g, rows) <= inH(g);
}

/** Copies `channels` of each of `count` pixels. */
function gatherPixels(to: usize, from: usize, pixelBytes: usize, count: i32, channels: i32): void {
  const wanted = <usize>channels << 2;
  for (let i = 0; i < count; i++) {
    copyFloats(to, from, channels);
    to += wanted;
    from += pixelBytes;
  }
}

/**
 * The first of the rows, of `channels` channels from the group `group` on: in the image, where that are all of them, or
 * copied to `buffer` as [kD, spanH, spanW, channels].
 */
export function inputRows(
  g: usize, x: usize, image: i32, group: i32, channels: i32, od: i32, oh: i32, rows: i32, buffer: usize,
): usize {
  const width = inW(g), all = inC(g) * groups(g);
  const pixelBytes = <usize>all << 2;
  const h0 = oh * strideH(g) - padH(g);
  if (channels == all && liesInside(g, oh, rows)) return x + <usize>((image * inH(g) + h0) * width) * pixelBytes;
  const across = spanW(g), tall = spanH(g, rows);
  // A padding below zero crops: gradients ask for it where a convolution padded by more than its window.
  const left = padW(g);
  const from = max(0, min(left, across));
  const skipped = <usize>max(0, -left) * pixelBytes + (<usize>(group * inC(g)) << 2);
  const inside = max(0, min(across, left + width) - from);
  const right = across - from - inside;
  const d0 = od * strideD(g) - padD(g);
  let to = buffer;
  for (let kd = 0; kd < kD(g); kd++) {
    const d = d0 + kd * dilationD(g);
    for (let i = 0; i < tall; i++) {
      const h = h0 + i;
      if (d < 0 || d >= inD(g) || h < 0 || h >= inH(g)) {
        zeroFloats(to, across * channels);
      } else {
        const row = x + <usize>(((image * inD(g) + d) * inH(g) + h) * width) * pixelBytes + skipped;
        zeroFloats(to, from * channels);
        const at = to + (<usize>(from * channels) << 2);
        if (channels == all) copyFloats(at, row, inside * channels);
        else gatherPixels(at, row, pixelBytes, inside, channels);
        zeroFloats(to + (<usize>((from + inside) * channels) << 2), right * channels);
      }
      to += <usize>(across * channels) << 2;
    }
  }
  return buffer;
}
