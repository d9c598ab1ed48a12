// The norm of many tensors together, and their scaling: tensor 0 of a row is what is read, 1 what is written.

import { BLOCK, count, firstBlock, rowOf, tensorAt } from './parameterTable';

/** Float64 sums of the squares of each block, at `partials`. */
export function sumSquares(table: usize, partials: usize, first: i32, last: i32, scratch: usize): void {
  let row = table;
  for (let block = first; block < last; block++) {
    row = rowOf(row, block);
    const start = (block - firstBlock(row)) * BLOCK, size = min(BLOCK, count(row) - start);
    let x = tensorAt(row, 0, <usize>start << 2);
    let low = f64x2.splat(0), high = f64x2.splat(0);
    let left = size;
    for (; left >= 4; left -= 4, x += 16) {
      const four = v128.load(x);
      const a = f64x2.promote_low_f32x4(four), b = f64x2.promote_low_f32x4(v128.shuffle<f64>(four, four, 1, 1));
      low = f64x2.add(low, f64x2.mul(a, a));
      high = f64x2.add(high, f64x2.mul(b, b));
    }
    low = f64x2.add(low, high);
    let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
    for (; left > 0; left--, x += 4) {
      const one = <f64>load<f32>(x);
      sum += one * one;
    }
    store<f64>(partials + (<usize>block << 3), sum);
  }
}

/** Every tensor of the table times `scale`. */
export function scaleAll(table: usize, scale: f32, first: i32, last: i32, scratch: usize): void {
  const by = f32x4.splat(scale);
  let row = table;
  for (let block = first; block < last; block++) {
    row = rowOf(row, block);
    const start = (block - firstBlock(row)) * BLOCK;
    let x = tensorAt(row, 0, <usize>start << 2), out = tensorAt(row, 1, <usize>start << 2);
    let left = min(BLOCK, count(row) - start);
    for (; left >= 4; left -= 4, x += 16, out += 16) v128.store(out, f32x4.mul(v128.load(x), by));
    for (; left > 0; left--, x += 4, out += 4) store<f32>(out, load<f32>(x) * scale);
  }
}
