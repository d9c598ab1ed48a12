// Winograd's minimal filtering F(4 x 4, 3 x 3): 36 products instead of 144 for sixteen outputs of a 3 x 3 convolution, and
// 36 instead of 144 for the nine elements of its filter's gradient. "Fast Algorithms for Convolutional Neural Networks"
// (Lavin & Gray 2016, arXiv:1509.09308), with the points 0, ±3/4, ±3/2 and ∞, which lose less to rounding than 0, ±1, ±2.
//
// Each transform is one of lines, done to the columns and then to the rows of a square, on four channels at a time.

import { fma4 } from './fma';

const A: f32 = 0.75, B: f32 = 1.5;
const A2: f32 = A * A, B2: f32 = B * B;
/** The inverse products of the differences of 0, ±A, ±B from the other finite points. */
const OF_0: f32 = 1 / (A2 * B2), OF_A: f32 = 1 / (2 * A2 * (A2 - B2)), OF_B: f32 = 1 / (2 * B2 * (B2 - A2));

/** Bytes of a square of 6 x 6 vectors. */
export const SQUARE: usize = 576;

@inline
function times(x: v128, factor: f32): v128 {
  return f32x4.mul(x, f32x4.splat(factor));
}

/** x factor + y */
@inline
function gain(x: v128, factor: f32, y: v128): v128 {
  return fma4(x, f32x4.splat(factor), y);
}

/** A value at each of the points: the even part plus and minus the odd part. */
@inline
function putPair(to: usize, step: usize, even: v128, odd: v128): void {
  v128.store(to, f32x4.add(even, odd));
  v128.store(to + step, f32x4.sub(even, odd));
}

/** Six inputs. */
@inline
export function inputLine(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, to: usize, step: usize): void {
  v128.store(to, gain(x0, A2 * B2, gain(x2, -(A2 + B2), x4)));
  putPair(to + step, step, gain(x2, -B2, x4), times(gain(x1, -B2, x3), A));
  putPair(to + 3 * step, step, gain(x2, -A2, x4), times(gain(x1, -A2, x3), B));
  v128.store(to + 5 * step, gain(x1, A2 * B2, gain(x3, -(A2 + B2), x5)));
}

/** Three elements of a filter. */
@inline
export function filterLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  v128.store(to, times(g0, OF_0));
  putPair(to + step, step, times(gain(g2, A2, g0), OF_A), times(g1, A * OF_A));
  putPair(to + 3 * step, step, times(gain(g2, B2, g0), OF_B), times(g1, B * OF_B));
  v128.store(to + 5 * step, g2);
}

/** Four elements of dy: a filter, where the filter's gradient is the result. */
@inline
export function gradientLine(g0: v128, g1: v128, g2: v128, g3: v128, to: usize, step: usize): void {
  v128.store(to, times(g0, OF_0));
  putPair(to + step, step, times(gain(g2, A2, g0), OF_A), times(gain(g3, A2, g1), A * OF_A));
  putPair(to + 3 * step, step, times(gain(g2, B2, g0), OF_B), times(gain(g3, B2, g1), B * OF_B));
  v128.store(to + 5 * step, g3);
}

/** Six products, to `count` (3 or 4) results. */
@inline
export function resultLine(from: usize, fromStep: usize, to: usize, step: usize, count: i32): void {
  const m0 = v128.load(from), m5 = v128.load(from + 5 * fromStep);
  const m1 = v128.load(from + fromStep), m2 = v128.load(from + 2 * fromStep);
  const m3 = v128.load(from + 3 * fromStep), m4 = v128.load(from + 4 * fromStep);
  const evenA = f32x4.add(m1, m2), oddA = f32x4.sub(m1, m2);
  const evenB = f32x4.add(m3, m4), oddB = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(m0, f32x4.add(evenA, evenB)));
  v128.store(to + step, gain(oddB, B, times(oddA, A)));
  if (count == 3) {
    v128.store(to + 2 * step, gain(evenB, B2, gain(evenA, A2, m5)));
  } else {
    v128.store(to + 2 * step, gain(evenB, B2, times(evenA, A2)));
    v128.store(to + 3 * step, gain(oddB, B * B2, gain(oddA, A * A2, m5)));
  }
}

/**
 * The transform of the 6 x 6 inputs from row h0 and column w0 of an image on, zeros beyond its borders: element p of the
 * square, [channels] floats, goes to `to + p plane`. `zeros` has 6 channels floats, `square` SQUARE bytes.
 */
export function inputSquare(
  image: usize, height: i32, width: i32, channels: i32, h0: i32, w0: i32, to: usize, plane: usize, zeros: usize, square: usize,
): void {
  const pixel = <usize>channels << 2;
  const row = <usize>width * pixel;
  const at = image + (<isize>(h0 * width + w0)) * pixel;
  let a0 = h0 >= 0 && h0 < height ? at : zeros, a1 = h0 + 1 >= 0 && h0 + 1 < height ? at + row : zeros;
  let a2 = h0 + 2 >= 0 && h0 + 2 < height ? at + 2 * row : zeros, a3 = h0 + 3 >= 0 && h0 + 3 < height ? at + 3 * row : zeros;
  let a4 = h0 + 4 >= 0 && h0 + 4 < height ? at + 4 * row : zeros, a5 = h0 + 5 >= 0 && h0 + 5 < height ? at + 5 * row : zeros;
  const from = min(6, max(0, -w0)), end = max(from, min(6, width - w0));
  if (end - from < 6) memory.fill(square, 0, SQUARE);
  for (let c: usize = 0; c < pixel; c += 16) {
    let column = <usize>from * pixel;
    for (let j = from; j < end; j++) {
      inputLine(
        v128.load(a0 + column), v128.load(a1 + column), v128.load(a2 + column),
        v128.load(a3 + column), v128.load(a4 + column), v128.load(a5 + column),
        square + (<usize>j << 4), 96,
      );
      column += pixel;
    }
    let put = to + c;
    for (let line = square; line < square + SQUARE; line += 96) {
      inputLine(
        v128.load(line), v128.load(line, 16), v128.load(line, 32), v128.load(line, 48), v128.load(line, 64), v128.load(line, 80),
        put, plane,
      );
      put += 6 * plane;
    }
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    a4 += 16;
    a5 += 16;
  }
}

/** NaN in a lane of the result where `sum` or `x` is not finite. */
@inline
export function watch(sum: v128, x: v128): v128 {
  return f32x4.add(sum, f32x4.sub(x, x));
}

/** 1 where what was watched had a value that is not finite. */
@inline
export function sawNonFinite(sum: v128): i32 {
  return i32(v128.any_true(f32x4.ne(sum, sum)));
}
