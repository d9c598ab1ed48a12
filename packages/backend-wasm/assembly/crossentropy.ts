// Crossentropy over rows of `classes` floats, the mean over the `rows` rows of an example; an item is an example.
// Targets are rows too, or one int32 label a row where `sparse` is not 0. A target t counts as t · keep + share.

import { log1, log4 } from './logarithm';
import { exp4, expBelow4, softplus4 } from './math';
import { RUN, rowExpSum, rowMax, rowSum, total4 } from './rows';

const LEAST: f32 = 1e-7;
const MOST: f32 = <f32>(1 - 1e-7);

/** e^x of one number, to the bits that four have. */
@inline
function below1(x: f32): f32 {
  return f32x4.extract_lane(expBelow4(f32x4.splat(x)), 0);
}

@inline
function clip4(q: v128): v128 {
  return f32x4.pmin(f32x4.pmax(q, f32x4.splat(LEAST)), f32x4.splat(MOST));
}

/** The logarithm of the predicted probability, from what `stats` holds of the row: the largest logit and ln Σ, or Σ p. */
@inline
function logOf4(x: v128, fromLogits: i32, a: v128, b: v128): v128 {
  if (fromLogits != 0) return f32x4.sub(f32x4.sub(x, a), b);
  return log4(clip4(f32x4.div(x, a)));
}

@inline
function target4(targets: usize, keep: v128, share: v128): v128 {
  return f32x4.add(f32x4.mul(v128.load(targets), keep), share);
}

@inline
function target1(targets: usize, keep: f32, share: f32): v128 {
  return f32x4.splat(load<f32>(targets) * keep + share);
}

/** values[example] = -mean Σ t log p. `stats` receives two floats a row, which the gradient wants. */
export function crossentropy(
  targets: usize, x: usize, values: usize, stats: usize,
  classes: i32, rows: i32, fromLogits: i32, sparse: i32, keep: f32, share: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const rowBytes = <usize>classes << 2;
  const keep4 = f32x4.splat(keep), share4 = f32x4.splat(share);
  for (let example = first; example < last; example++) {
    let total: f64 = 0;
    for (let row = example * rows; row < (example + 1) * rows; row++) {
      let at = x + <usize>row * rowBytes;
      let a: f32, b: f32 = 0;
      if (fromLogits != 0) {
        a = rowMax(at, classes);
        b = log1(<f32>rowExpSum(at, classes, a, 0));
      } else {
        a = <f32>rowSum(at, classes);
      }
      const kept = stats + (<usize>row << 3);
      store<f32>(kept, a);
      store<f32>(kept, b, 4);
      const a4 = f32x4.splat(a), b4 = f32x4.splat(b);
      if (sparse != 0) {
        const label = load<i32>(targets + (<usize>row << 2));
        if (<u32>label < <u32>classes) {
          total += f32x4.extract_lane(logOf4(v128.load_splat<f32>(at + (<usize>label << 2)), fromLogits, a4, b4), 0);
        } else {
          // No class: nothing, unless the row is no number.
          total += <f64>(a - a) + <f64>(b - b);
        }
        continue;
      }
      let t = targets + <usize>row * rowBytes;
      let left = classes;
      while (left >= 4) {
        let sum = f32x4.splat(0);
        const run = min(left, RUN) & ~3;
        left -= run;
        for (let n = run; n > 0; n -= 4, at += 16, t += 16) {
          sum = f32x4.add(sum, f32x4.mul(target4(t, keep4, share4), logOf4(v128.load(at), fromLogits, a4, b4)));
        }
        total += total4(sum);
      }
      for (; left > 0; left--, at += 4, t += 4) {
        const log = logOf4(v128.load_splat<f32>(at), fromLogits, a4, b4);
        total += f32x4.extract_lane(f32x4.mul(target1(t, keep, share), log), 0);
      }
    }
    store<f32>(values + (<usize>example << 2), <f32>(-total / <f64>rows));
  }
}

/** Where x was clipped, so that nothing flows back; NaN was not. */
@inline
function clipped4(x: v128): v128 {
  return v128.or(f32x4.lt(x, f32x4.splat(LEAST)), f32x4.gt(x, f32x4.splat(MOST)));
}

/** t / q where q was not clipped, else 0. */
@inline
function weight4(t: v128, q: v128): v128 {
  return v128.andnot(f32x4.div(t, q), clipped4(q));
}

/** What is subtracted from the row's sum: the target itself for logits, its weight for probabilities. */
@inline
function part4(t: v128, x: v128, a: v128, fromLogits: i32): v128 {
  return fromLogits != 0 ? t : weight4(t, f32x4.div(x, a));
}

/** dx = (p Σ t - t) dy for logits, (Σ w q - w) dy / Σ p for probabilities. */
export function crossentropyGrad(
  targets: usize, x: usize, stats: usize, dy: usize, dx: usize,
  classes: i32, rows: i32, fromLogits: i32, sparse: i32, keep: f32, share: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const rowBytes = <usize>classes << 2;
  const keep4 = f32x4.splat(keep), share4 = f32x4.splat(share);
  for (let row = first * rows; row < last * rows; row++) {
    const from = x + <usize>row * rowBytes;
    const to = dx + <usize>row * rowBytes;
    const rate = load<f32>(dy + (<usize>(row / rows) << 2)) / <f32>rows;
    const a = load<f32>(stats + (<usize>row << 3)), b = load<f32>(stats + (<usize>row << 3), 4);
    const a4 = f32x4.splat(a), b4 = f32x4.splat(b);
    const t = targets + <usize>row * rowBytes;
    const label = sparse != 0 ? load<i32>(targets + (<usize>row << 2)) : 0;
    const at = <usize>label << 2;
    let part: f32 = 0;
    let sum: f64 = 0;
    if (sparse != 0) {
      if (<u32>label < <u32>classes) {
        const value = v128.load_splat<f32>(from + at);
        part = f32x4.extract_lane(part4(f32x4.splat(1), value, a4, fromLogits), 0);
        sum = fromLogits != 0 ? 1 : part * (load<f32>(from + at) / a);
      }
    } else {
      let left = classes;
      let p = from, q = t;
      while (left >= 4) {
        let some = f32x4.splat(0);
        const run = min(left, RUN) & ~3;
        left -= run;
        for (let n = run; n > 0; n -= 4, p += 16, q += 16) {
          const value = v128.load(p);
          const one = part4(target4(q, keep4, share4), value, a4, fromLogits);
          some = f32x4.add(some, fromLogits != 0 ? one : f32x4.mul(one, f32x4.div(value, a4)));
        }
        sum += total4(some);
      }
      for (; left > 0; left--, p += 4, q += 4) {
        const one = f32x4.extract_lane(part4(target1(q, keep, share), v128.load_splat<f32>(p), a4, fromLogits), 0);
        sum += fromLogits != 0 ? one : one * (load<f32>(p) / a);
      }
    }
    const all = <f32>sum;
    const all4 = f32x4.splat(all);
    const scale = fromLogits != 0 ? rate : rate / a;
    const scale4 = f32x4.splat(scale);
    let left = classes;
    let p = from, q = t, out = to;
    for (; left >= 4; left -= 4, p += 16, q += 16, out += 16) {
      const value = v128.load(p);
      let one = all4;
      if (fromLogits != 0) one = f32x4.mul(expBelow4(f32x4.sub(f32x4.sub(value, a4), b4)), all4);
      if (sparse == 0) one = f32x4.sub(one, part4(target4(q, keep4, share4), value, a4, fromLogits));
      v128.store(out, f32x4.mul(one, scale4));
    }
    for (; left > 0; left--, p += 4, q += 4, out += 4) {
      let one = all;
      if (fromLogits != 0) one = below1(load<f32>(p) - a - b) * all;
      if (sparse == 0) {
        one -= f32x4.extract_lane(part4(target1(q, keep, share), v128.load_splat<f32>(p), a4, fromLogits), 0);
      }
      store<f32>(out, one * scale);
    }
    if (sparse != 0 && <u32>label < <u32>classes) {
      let one = all;
      if (fromLogits != 0) one = below1(load<f32>(from + at) - a - b);
      store<f32>(to + at, (one - part) * scale);
    }
  }
}

@inline
function binary4(t: v128, x: v128, fromLogits: i32): v128 {
  const one = f32x4.splat(1);
  if (fromLogits != 0) {
    return f32x4.sub(softplus4(x), f32x4.mul(x, t));
  }
  const p = clip4(x);
  const other = f32x4.mul(f32x4.sub(one, t), log4(f32x4.sub(one, p)));
  return f32x4.neg(f32x4.add(f32x4.mul(t, log4(p)), other));
}

@inline
function binaryRate4(t: v128, x: v128, fromLogits: i32): v128 {
  const one = f32x4.splat(1);
  if (fromLogits != 0) {
    const e = exp4(f32x4.neg(f32x4.abs(x)));
    const p = f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
    return f32x4.sub(p, t);
  }
  const p = clip4(x);
  const rate = f32x4.sub(f32x4.div(f32x4.sub(one, t), f32x4.sub(one, p)), f32x4.div(t, p));
  return v128.andnot(rate, clipped4(x));
}

/** values[example] = the mean over its `count` elements of the crossentropy of a yes or no. */
export function binaryCrossentropy(
  targets: usize, x: usize, values: usize, count: i32, fromLogits: i32, keep: f32, share: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const keep4 = f32x4.splat(keep), share4 = f32x4.splat(share);
  for (let example = first; example < last; example++) {
    const offset = (<usize>example * <usize>count) << 2;
    let t = targets + offset, at = x + offset;
    let total: f64 = 0;
    let left = count;
    for (; left >= 4; left -= 4, t += 16, at += 16) {
      total += total4(binary4(target4(t, keep4, share4), v128.load(at), fromLogits));
    }
    for (; left > 0; left--, t += 4, at += 4) {
      total += f32x4.extract_lane(binary4(target1(t, keep, share), v128.load_splat<f32>(at), fromLogits), 0);
    }
    store<f32>(values + (<usize>example << 2), <f32>(total / <f64>count));
  }
}

export function binaryCrossentropyGrad(
  targets: usize, x: usize, dy: usize, dx: usize, count: i32, fromLogits: i32, keep: f32, share: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const keep4 = f32x4.splat(keep), share4 = f32x4.splat(share);
  for (let example = first; example < last; example++) {
    const offset = (<usize>example * <usize>count) << 2;
    let t = targets + offset, at = x + offset, out = dx + offset;
    const rate = f32x4.splat(load<f32>(dy + (<usize>example << 2)) / <f32>count);
    let left = count;
    for (; left >= 4; left -= 4, t += 16, at += 16, out += 16) {
      v128.store(out, f32x4.mul(binaryRate4(target4(t, keep4, share4), v128.load(at), fromLogits), rate));
    }
    for (; left > 0; left--, t += 4, at += 4, out += 4) {
      v128.store32_lane(out, f32x4.mul(binaryRate4(target1(t, keep, share), v128.load_splat<f32>(at), fromLogits), rate), 0);
    }
  }
}
