// The gradient of average pooling.

import {
  inC, inD, inH, inW, kD, kH, kW, outD, outH, outW, padD, padH, padW, strideD, strideH, strideW,
} from './geometry';

/**
 * The first window along an axis that reaches `position`, which is counted from the start of the padding: where windows begin
 * behind the first elements, these have a position below 0.
 */
@inline
function firstWindow(position: i32, size: i32, stride: i32): i32 {
  return position < size ? 0 : (position - size) / stride + 1;
}

/** The last of `windows` along an axis that begins no later than `position`; -1 where all begin later. */
@inline
function lastWindow(position: i32, stride: i32, windows: i32): i32 {
  return position < 0 ? -1 : min(windows - 1, position / stride);
}

/** How many positions of a window lie inside the axis. */
@inline
function inside(window: i32, size: i32, stride: i32, pad: i32, length: i32): i32 {
  const start = window * stride - pad;
  return min(start + size, length) - max(start, 0);
}

/**
 * dx = Σ dy / count over the windows that hold an element, where `count` leaves out the padding. An item is one row of dx.
 */
export function averagePoolGrad(g: usize, dy: usize, dx: usize, first: i32, last: i32, scratch: usize): void {
  const width = inW(g), height = inH(g), depth = inD(g);
  const pixel = <usize>inC(g) << 2;
  dx += <usize>first * <usize>width * pixel;
  for (let item = first; item < last; item++) {
    const slab = item / height;
    const image = slab / depth;
    const d = slab - image * depth + padD(g), h = item - slab * height + padH(g);
    const dFirst = firstWindow(d, kD(g), strideD(g)), dLast = lastWindow(d, strideD(g), outD(g));
    const hFirst = firstWindow(h, kH(g), strideH(g)), hLast = lastWindow(h, strideH(g), outH(g));
    for (let w = padW(g); w < width + padW(g); w++) {
      const wFirst = firstWindow(w, kW(g), strideW(g)), wLast = lastWindow(w, strideW(g), outW(g));
      memory.fill(dx, 0, pixel);
      for (let i = dFirst; i <= dLast; i++) {
        const deep = inside(i, kD(g), strideD(g), padD(g), depth);
        for (let j = hFirst; j <= hLast; j++) {
          const tall = deep * inside(j, kH(g), strideH(g), padH(g), height);
          const row = dy + <usize>(((image * outD(g) + i) * outH(g) + j) * outW(g)) * pixel;
          for (let k = wFirst; k <= wLast; k++) {
            const count = <f32>(tall * inside(k, kW(g), strideW(g), padW(g), width));
            const by = f32x4.splat(count);
            const from = row + <usize>k * pixel;
            let c: usize = 0;
            for (; c + 16 <= pixel; c += 16) {
              v128.store(dx + c, f32x4.add(v128.load(dx + c), f32x4.div(v128.load(from + c), by)));
            }
            for (; c < pixel; c += 4) store<f32>(dx + c, load<f32>(dx + c) + load<f32>(from + c) / count);
          }
        }
      }
      dx += pixel;
    }
  }
}
