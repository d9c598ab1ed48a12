// Softmax and its logarithm over rows of `cols` floats; an item is a row.

import { log1 } from './logarithm';
import { exp4 } from './math';
import { exp1, rowDot, rowExpSum, rowMax, rowSum } from './rows';

/** out = e^(x - max) / Σ, or x - max - ln Σ where `log` is not 0. */
export function softmax(x: usize, out: usize, cols: i32, log: i32, first: i32, last: i32, scratch: usize): void {
  const rowBytes = <usize>cols << 2;
  for (let row = first; row < last; row++) {
    const from = x + <usize>row * rowBytes;
    let to = out + <usize>row * rowBytes;
    const most = rowMax(from, cols);
    const sum = rowExpSum(from, cols, most, log != 0 ? 0 : to);
    const shift = f32x4.splat(most);
    const by = f32x4.splat(log != 0 ? log1(<f32>sum) : <f32>(1 / sum));
    let left = cols;
    let at = log != 0 ? from : to;
    for (; left >= 4; left -= 4, at += 16, to += 16) {
      const value = v128.load(at);
      v128.store(to, log != 0 ? f32x4.sub(f32x4.sub(value, shift), by) : f32x4.mul(value, by));
    }
    const factor = f32x4.extract_lane(by, 0);
    for (; left > 0; left--, at += 4, to += 4) {
      const value = load<f32>(at);
      store<f32>(to, log != 0 ? value - most - factor : value * factor);
    }
  }
}

/** dx = (dy - Σ dy y) y, or dy - e^y Σ dy where `log` is not 0. */
export function softmaxGrad(y: usize, dy: usize, dx: usize, cols: i32, log: i32, first: i32, last: i32, scratch: usize): void {
  const rowBytes = <usize>cols << 2;
  for (let row = first; row < last; row++) {
    const offset = <usize>row * rowBytes;
    let a = y + offset, b = dy + offset, to = dx + offset;
    const sum = <f32>(log != 0 ? rowSum(b, cols) : rowDot(a, b, cols));
    const all = f32x4.splat(sum);
    let left = cols;
    for (; left >= 4; left -= 4, a += 16, b += 16, to += 16) {
      const value = v128.load(a), rate = v128.load(b);
      v128.store(to, log != 0 ? f32x4.sub(rate, f32x4.mul(exp4(value), all)) : f32x4.mul(f32x4.sub(rate, all), value));
    }
    for (; left > 0; left--, a += 4, b += 4, to += 4) {
      const value = load<f32>(a), rate = load<f32>(b);
      store<f32>(to, log != 0 ? rate - exp1(value) * sum : (rate - sum) * value);
    }
  }
}
