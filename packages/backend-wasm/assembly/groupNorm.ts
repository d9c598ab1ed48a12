// Layer, RMS and group normalisation. A span is what shares a mean and a variance: `positions` runs of `width` floats, a
// run every `step` bytes. A layer normalisation's span is one row; a group's is its channels at every position.
//
// Kept for the gradient, four floats a span: the mean, what the mean lost by rounding to float32 (r), and the inverse of
// the deviation, so that x̂ = (x - mean) · inverse - r · inverse keeps its digits however large the mean is.

import { fma4 } from './fma';
import { rowDot, rowSum, total4 } from './rows';

/** Σ (x - m) over a run, or Σ (x - m)² if `squared`. */
@inline
function deviations(x: usize, count: i32, m: f32, squared: bool): f64 {
  const by = f32x4.splat(m);
  let total: f64 = 0;
  let left = count;
  while (left >= 4) {
    let a = f32x4.splat(0), b = a;
    const run = min(left, 256) & ~3;
    left -= run;
    let n = run;
    for (; n >= 8; n -= 8, x += 32) {
      const d = f32x4.sub(v128.load(x), by), e = f32x4.sub(v128.load(x, 16), by);
      a = squared ? fma4(d, d, a) : f32x4.add(a, d);
      b = squared ? fma4(e, e, b) : f32x4.add(b, e);
    }
    if (n >= 4) {
      const d = f32x4.sub(v128.load(x), by);
      a = squared ? fma4(d, d, a) : f32x4.add(a, d);
      x += 16;
    }
    total += total4(f32x4.add(a, b));
  }
  for (; left > 0; left--, x += 4) {
    const d = load<f32>(x) - m;
    total += squared ? d * d : d;
  }
  return total;
}

/** The same in float64 throughout, where squares leave the range of float32. */
function wideSum(x: usize, positions: i32, width: i32, step: usize, m: f64, squared: bool): f64 {
  let total: f64 = 0;
  for (let i = 0; i < positions; i++, x += step) {
    for (let j = 0; j < width; j++) {
      const d = <f64>load<f32>(x + (<usize>j << 2)) - m;
      total += squared ? d * d : d;
    }
  }
  return total;
}

/** Writes mean, r and inverse deviation of a span. */
function moments(x: usize, positions: i32, width: i32, step: usize, epsilon: f64, rms: bool, stats: usize): void {
  const count = <f64>positions * <f64>width;
  let mean: f64 = 0;
  let m: f32 = 0;
  if (!rms) {
    for (let i = 0; i < positions; i++) mean += rowSum(x + <usize>i * step, width);
    if (abs(mean) == Infinity) mean = wideSum(x, positions, width, step, 0, false);
    mean /= count;
    m = <f32>mean;
    // The first mean carries the rounding of its runs; what is left of the deviations mends it.
    let rest: f64 = 0;
    for (let i = 0; i < positions; i++) rest += deviations(x + <usize>i * step, width, m, false);
    mean = <f64>m + rest / count;
    m = <f32>mean;
  }
  const r = mean - <f64>m;
  let variance: f64 = 0;
  for (let i = 0; i < positions; i++) variance += deviations(x + <usize>i * step, width, m, true);
  variance = variance / count - r * r;
  if (variance > 1e37 || variance < 1e-36) variance = wideSum(x, positions, width, step, mean, true) / count;
  store<f32>(stats, m);
  store<f32>(stats, <f32>r, 4);
  store<f32>(stats, <f32>(1 / sqrt(variance + epsilon)), 8);
}

/** y = x̂ gamma + beta over a span; an address of 0 is no gamma, no beta. */
@inline
function normalize(
  x: usize, y: usize, positions: i32, width: i32, step: usize, gamma: usize, beta: usize, stats: usize,
): void {
  const mean = load<f32>(stats), inverse = load<f32>(stats, 8);
  const shift = -load<f32>(stats, 4) * inverse;
  const mean4 = f32x4.splat(mean), inverse4 = f32x4.splat(inverse), shift4 = f32x4.splat(shift);
  for (let i = 0; i < positions; i++) {
    let from = x + <usize>i * step, to = y + <usize>i * step;
    let j: usize = 0;
    let left = width;
    for (; left >= 4; left -= 4, from += 16, to += 16, j += 16) {
      let value = fma4(f32x4.sub(v128.load(from), mean4), inverse4, shift4);
      if (gamma != 0) value = f32x4.mul(value, v128.load(gamma + j));
      if (beta != 0) value = f32x4.add(value, v128.load(beta + j));
      v128.store(to, value);
    }
    for (; left > 0; left--, from += 4, to += 4, j += 4) {
      let value = (load<f32>(from) - mean) * inverse + shift;
      if (gamma != 0) value *= load<f32>(gamma + j);
      if (beta != 0) value += load<f32>(beta + j);
      store<f32>(to, value);
    }
  }
}

/**
 * Normalises x[batch, positions, groups · width]; an item is a group of an example. `rms` leaves the mean where it is.
 */
export function groupNorm(
  x: usize, gamma: usize, beta: usize, y: usize, stats: usize,
  positions: i32, groups: i32, width: i32, epsilon: f64, rms: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = <usize>(groups * width) << 2;
  for (let item = first; item < last; item++) {
    const example = item / groups, group = item % groups;
    const channel = <usize>(group * width) << 2;
    const offset = <usize>example * <usize>positions * step + channel;
    const kept = stats + (<usize>item << 4);
    moments(x + offset, positions, width, step, epsilon, rms != 0, kept);
    normalize(
      x + offset, y + offset, positions, width, step,
      gamma == 0 ? 0 : gamma + channel, beta == 0 ? 0 : beta + channel, kept,
    );
  }
}

/** Σ dy gamma over a run, or Σ dy. */
@inline
function gammaSum(dy: usize, gamma: usize, width: i32): f64 {
  return gamma == 0 ? rowSum(dy, width) : rowDot(dy, gamma, width);
}

/** Σ dy gamma x̂ over a run. */
function normalSum(x: usize, dy: usize, gamma: usize, width: i32, mean: f32, inverse: f32, shift: f32): f64 {
  const mean4 = f32x4.splat(mean), inverse4 = f32x4.splat(inverse), shift4 = f32x4.splat(shift);
  let total: f64 = 0;
  let left = width;
  while (left >= 4) {
    let sum = f32x4.splat(0);
    const run = min(left, 256) & ~3;
    left -= run;
    for (let n = run; n > 0; n -= 4, x += 16, dy += 16) {
      let rate = v128.load(dy);
      if (gamma != 0) {
        rate = f32x4.mul(rate, v128.load(gamma));
        gamma += 16;
      }
      sum = fma4(rate, fma4(f32x4.sub(v128.load(x), mean4), inverse4, shift4), sum);
    }
    total += total4(sum);
  }
  for (; left > 0; left--, x += 4, dy += 4) {
    let rate = load<f32>(dy);
    if (gamma != 0) {
      rate *= load<f32>(gamma);
      gamma += 4;
    }
    total += rate * ((load<f32>(x) - mean) * inverse + shift);
  }
  return total;
}

/** to += a b, to a row of partial sums. */
@inline
function addProduct4(to: usize, a: v128, b: v128): void {
  v128.store(to, fma4(a, b, v128.load(to)));
}

/**
 * dx = inverse (g - mean g - x̂ mean(g x̂)) with g = dy gamma. An item is a group of `blockSpans` neighbouring examples:
 * their sums of dy x̂ and of dy go to row `item / groups` of `dGamma` and `dBeta`, which are [blocks, channels].
 */
export function groupNormGrad(
  x: usize, gamma: usize, dy: usize, stats: usize, dx: usize, dGamma: usize, dBeta: usize,
  batch: i32, blockSpans: i32, positions: i32, groups: i32, width: i32, rms: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = <usize>(groups * width) << 2;
  const count = <f64>positions * <f64>width;
  for (let item = first; item < last; item++) {
    const block = item / groups, group = item % groups;
    const channel = <usize>(group * width) << 2;
    const scale = gamma == 0 ? 0 : gamma + channel;
    const sumGamma = dGamma + <usize>block * step + channel;
    const sumBeta = dBeta + <usize>block * step + channel;
    memory.fill(sumGamma, 0, <usize>width << 2);
    memory.fill(sumBeta, 0, <usize>width << 2);
    for (let example = block * blockSpans; example < min(batch, (block + 1) * blockSpans); example++) {
      const offset = <usize>example * <usize>positions * step + channel;
      const kept = stats + (<usize>(example * groups + group) << 4);
      const mean = load<f32>(kept), inverse = load<f32>(kept, 8);
      const shift = -load<f32>(kept, 4) * inverse;
      let sum: f64 = 0, along: f64 = 0;
      for (let i = 0; i < positions; i++) {
        const at = offset + <usize>i * step;
        if (rms == 0) sum += gammaSum(dy + at, scale, width);
        along += normalSum(x + at, dy + at, scale, width, mean, inverse, shift);
      }
      const a = <f32>(sum / count), b = <f32>(along / count);
      const mean4 = f32x4.splat(mean), inverse4 = f32x4.splat(inverse), shift4 = f32x4.splat(shift);
      const a4 = f32x4.splat(a), b4 = f32x4.splat(b);
      for (let i = 0; i < positions; i++) {
        const at = offset + <usize>i * step;
        let from = x + at, rates = dy + at, to = dx + at;
        let j: usize = 0;
        let left = width;
        for (; left >= 4; left -= 4, from += 16, rates += 16, to += 16, j += 16) {
          const normal = fma4(f32x4.sub(v128.load(from), mean4), inverse4, shift4);
          const rate = v128.load(rates);
          addProduct4(sumGamma + j, rate, normal);
          v128.store(sumBeta + j, f32x4.add(v128.load(sumBeta + j), rate));
          const g = scale == 0 ? rate : f32x4.mul(rate, v128.load(scale + j));
          v128.store(to, f32x4.mul(inverse4, f32x4.sub(f32x4.sub(g, a4), f32x4.mul(normal, b4))));
        }
        for (; left > 0; left--, from += 4, rates += 4, to += 4, j += 4) {
          const normal = (load<f32>(from) - mean) * inverse + shift;
          const rate = load<f32>(rates);
          store<f32>(sumGamma + j, load<f32>(sumGamma + j) + rate * normal);
          store<f32>(sumBeta + j, load<f32>(sumBeta + j) + rate);
          const g = scale == 0 ? rate : rate * load<f32>(scale + j);
          store<f32>(to, inverse * (g - a - normal * b));
        }
      }
    }
  }
}

/** out[j] = Σ partial[i, j], in float64 and in the order of i; an item is a column. */
export function sumBlocks(partial: usize, out: usize, blocks: i32, cols: i32, first: i32, last: i32, scratch: usize): void {
  for (let j = first; j < last; j++) {
    let total: f64 = 0;
    let at = partial + (<usize>j << 2);
    for (let i = 0; i < blocks; i++, at += <usize>cols << 2) total += load<f32>(at);
    store<f32>(out + (<usize>j << 2), <f32>total);
  }
}
