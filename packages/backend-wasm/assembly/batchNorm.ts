// Batch normalisation of x[rows, cols]: statistics by column. Items are blocks of `blockRows` rows, whose partial results
// are combined in their order by Chan's formula in float64: right for means that are large against the deviation.

import { fma4 } from './fma';

/** Columns of a partial result, rounded up so that four can be combined at a time. */
@inline
function padded(cols: i32): usize {
  return <usize>((cols + 3) & ~3);
}

/** Mean, its rounding and Σ (x - mean)² of `n` rows of four columns. */
@inline
function fourMoments(x: usize, n: i32, step: usize, inverse: f32, mean: usize, rest: usize, squares: usize): void {
  let a = f32x4.splat(0);
  let at = x;
  for (let i = 0; i < n; i++, at += step) a = f32x4.add(a, v128.load(at));
  const m = f32x4.mul(a, f32x4.splat(inverse));
  let s = f32x4.splat(0), q = f32x4.splat(0);
  at = x;
  for (let i = 0; i < n; i++, at += step) {
    const d = f32x4.sub(v128.load(at), m);
    s = f32x4.add(s, d);
    q = fma4(d, d, q);
  }
  v128.store(mean, m);
  const r = f32x4.mul(s, f32x4.splat(inverse));
  v128.store(rest, r);
  v128.store(squares, f32x4.sub(q, f32x4.mul(r, s)));
}

/** The same of sixteen columns, a cache line of each row: 12 accumulators are what the registers hold. */
@inline
function sixteenMoments(x: usize, n: i32, step: usize, inverse: f32, mean: usize, rest: usize, squares: usize): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  let at = x;
  for (let i = 0; i < n; i++, at += step) {
    a = f32x4.add(a, v128.load(at));
    b = f32x4.add(b, v128.load(at, 16));
    c = f32x4.add(c, v128.load(at, 32));
    d = f32x4.add(d, v128.load(at, 48));
  }
  const by = f32x4.splat(inverse);
  a = f32x4.mul(a, by);
  b = f32x4.mul(b, by);
  c = f32x4.mul(c, by);
  d = f32x4.mul(d, by);
  let sa = f32x4.splat(0), sb = sa, sc = sa, sd = sa, qa = sa, qb = sa, qc = sa, qd = sa;
  at = x;
  for (let i = 0; i < n; i++, at += step) {
    let e = f32x4.sub(v128.load(at), a);
    sa = f32x4.add(sa, e);
    qa = fma4(e, e, qa);
    e = f32x4.sub(v128.load(at, 16), b);
    sb = f32x4.add(sb, e);
    qb = fma4(e, e, qb);
    e = f32x4.sub(v128.load(at, 32), c);
    sc = f32x4.add(sc, e);
    qc = fma4(e, e, qc);
    e = f32x4.sub(v128.load(at, 48), d);
    sd = f32x4.add(sd, e);
    qd = fma4(e, e, qd);
  }
  v128.store(mean, a);
  v128.store(mean, b, 16);
  v128.store(mean, c, 32);
  v128.store(mean, d, 48);
  a = f32x4.mul(sa, by);
  b = f32x4.mul(sb, by);
  c = f32x4.mul(sc, by);
  d = f32x4.mul(sd, by);
  v128.store(rest, a);
  v128.store(rest, b, 16);
  v128.store(rest, c, 32);
  v128.store(rest, d, 48);
  v128.store(squares, f32x4.sub(qa, f32x4.mul(a, sa)));
  v128.store(squares, f32x4.sub(qb, f32x4.mul(b, sb)), 16);
  v128.store(squares, f32x4.sub(qc, f32x4.mul(c, sc)), 32);
  v128.store(squares, f32x4.sub(qd, f32x4.mul(d, sd)), 48);
}

/** partial[3][blocks][cols]: of each block the mean, what it lost by rounding, and the sum of squared deviations. */
export function batchMoments(
  x: usize, partial: usize, rows: i32, cols: i32, blockRows: i32, first: i32, last: i32, scratch: usize,
): void {
  const step = <usize>cols << 2;
  const stride = padded(cols) << 2;
  const table = <usize>((rows + blockRows - 1) / blockRows) * stride;
  for (let block = first; block < last; block++) {
    const from = block * blockRows;
    const n = min(blockRows, rows - from);
    const inverse = <f32>1 / <f32>n;
    let at = x + <usize>from * step;
    let to = partial + <usize>block * stride;
    let left = cols;
    for (; left >= 16; left -= 16, at += 64, to += 64) sixteenMoments(at, n, step, inverse, to, to + table, to + 2 * table);
    for (; left >= 4; left -= 4, at += 16, to += 16) fourMoments(at, n, step, inverse, to, to + table, to + 2 * table);
    for (; left > 0; left--, at += 4, to += 4) {
      let sum: f32 = 0;
      for (let i = 0; i < n; i++) sum += load<f32>(at + <usize>i * step);
      const m = sum * inverse;
      let s: f32 = 0, q: f32 = 0;
      for (let i = 0; i < n; i++) {
        const d = load<f32>(at + <usize>i * step) - m;
        s += d;
        q += d * d;
      }
      store<f32>(to, m);
      store<f32>(to + table, s * inverse);
      store<f32>(to + 2 * table, q - s * inverse * s);
    }
  }
}

/**
 * Combines the blocks; an item is a column. Of each column: stats[0] the mean in float32, stats[1] what it lost by
 * rounding, stats[2] the inverse deviation, and the variance.
 */
export function batchCombine(
  partial: usize, stats: usize, variance: usize, rows: i32, cols: i32, blockRows: i32, epsilon: f64,
  first: i32, last: i32, scratch: usize,
): void {
  const stride = padded(cols) << 2;
  const blocks = (rows + blockRows - 1) / blockRows;
  const table = <usize>blocks * stride;
  for (let j = first; j < last; j++) {
    const at = <usize>j << 2;
    let sum: f64 = 0;
    for (let i = 0; i < blocks; i++) {
      const from = partial + at + <usize>i * stride;
      sum += (<f64>load<f32>(from) + <f64>load<f32>(from + table)) * <f64>min(blockRows, rows - i * blockRows);
    }
    const mean = sum / <f64>rows;
    sum = 0;
    for (let i = 0; i < blocks; i++) {
      const from = partial + at + <usize>i * stride;
      const d = <f64>load<f32>(from) + <f64>load<f32>(from + table) - mean;
      sum += <f64>load<f32>(from + 2 * table) + d * d * <f64>min(blockRows, rows - i * blockRows);
    }
    sum /= <f64>rows;
    const m = <f32>mean;
    store<f32>(stats + at, m);
    store<f32>(stats + at + (<usize>cols << 2), <f32>(mean - <f64>m));
    store<f32>(stats + at + (<usize>cols << 3), <f32>(1 / sqrt(sum + epsilon)));
    store<f32>(variance + at, <f32>sum);
  }
}

/** table[0] = gamma inverse and table[1] = beta - r gamma inverse: what {@link batchScale} applies to x - mean. */
export function batchTable(stats: usize, gamma: usize, beta: usize, table: usize, cols: i32): void {
  const row = <usize>cols << 2;
  for (let j: usize = 0; j < row; j += 4) {
    const a = load<f32>(stats + j + 2 * row) * (gamma == 0 ? <f32>1 : load<f32>(gamma + j));
    store<f32>(table + j, a);
    store<f32>(table + j + row, (beta == 0 ? <f32>0 : load<f32>(beta + j)) - load<f32>(stats + j + row) * a);
  }
}

/** y = (x - mean) table[0] + table[1]; an item is a row. */
export function batchScale(x: usize, y: usize, mean: usize, table: usize, cols: i32, first: i32, last: i32, scratch: usize): void {
  const row = <usize>cols << 2;
  let from = x + <usize>first * row, to = y + <usize>first * row;
  for (let i = first; i < last; i++) {
    let j: usize = 0;
    let left = cols;
    for (; left >= 4; left -= 4, j += 16, from += 16, to += 16) {
      const d = f32x4.sub(v128.load(from), v128.load(mean + j));
      v128.store(to, fma4(d, v128.load(table + j), v128.load(table + row + j)));
    }
    for (; left > 0; left--, j += 4, from += 4, to += 4) {
      store<f32>(to, (load<f32>(from) - load<f32>(mean + j)) * load<f32>(table + j) + load<f32>(table + row + j));
    }
  }
}

/** partial[2][blocks][cols]: of each block Σ dy and Σ dy (x - mean). */
export function batchGradSums(
  x: usize, dy: usize, mean: usize, partial: usize, rows: i32, cols: i32, blockRows: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = <usize>cols << 2;
  const stride = padded(cols) << 2;
  const table = <usize>((rows + blockRows - 1) / blockRows) * stride;
  for (let block = first; block < last; block++) {
    const from = block * blockRows;
    const n = min(blockRows, rows - from);
    const offset = <usize>from * step;
    let to = partial + <usize>block * stride;
    let j: usize = 0;
    let left = cols;
    for (; left >= 16; left -= 16, j += 64, to += 64) {
      const a = v128.load(mean + j), b = v128.load(mean + j, 16), c = v128.load(mean + j, 32), d = v128.load(mean + j, 48);
      let sa = f32x4.splat(0), sb = sa, sc = sa, sd = sa, qa = sa, qb = sa, qc = sa, qd = sa;
      let p = x + offset + j, q = dy + offset + j;
      for (let i = 0; i < n; i++, p += step, q += step) {
        let rate = v128.load(q);
        sa = f32x4.add(sa, rate);
        qa = fma4(rate, f32x4.sub(v128.load(p), a), qa);
        rate = v128.load(q, 16);
        sb = f32x4.add(sb, rate);
        qb = fma4(rate, f32x4.sub(v128.load(p, 16), b), qb);
        rate = v128.load(q, 32);
        sc = f32x4.add(sc, rate);
        qc = fma4(rate, f32x4.sub(v128.load(p, 32), c), qc);
        rate = v128.load(q, 48);
        sd = f32x4.add(sd, rate);
        qd = fma4(rate, f32x4.sub(v128.load(p, 48), d), qd);
      }
      v128.store(to, sa);
      v128.store(to, sb, 16);
      v128.store(to, sc, 32);
      v128.store(to, sd, 48);
      v128.store(to + table, qa);
      v128.store(to + table, qb, 16);
      v128.store(to + table, qc, 32);
      v128.store(to + table, qd, 48);
    }
    for (; left >= 4; left -= 4, j += 16, to += 16) {
      const a = v128.load(mean + j);
      let s = f32x4.splat(0), t = s;
      let p = x + offset + j, q = dy + offset + j;
      for (let i = 0; i < n; i++, p += step, q += step) {
        const rate = v128.load(q);
        s = f32x4.add(s, rate);
        t = fma4(rate, f32x4.sub(v128.load(p), a), t);
      }
      v128.store(to, s);
      v128.store(to + table, t);
    }
    for (; left > 0; left--, j += 4, to += 4) {
      const a = load<f32>(mean + j);
      let s: f32 = 0, t: f32 = 0;
      for (let i = 0; i < n; i++) {
        const at = offset + j + <usize>i * step;
        const rate = load<f32>(dy + at);
        s += rate;
        t += rate * (load<f32>(x + at) - a);
      }
      store<f32>(to, s);
      store<f32>(to + table, t);
    }
  }
}

/**
 * dGamma = Σ dy x̂, dBeta = Σ dy, and the table with which {@link batchGradScale} makes dx; an item is a column.
 */
export function batchGradCombine(
  partial: usize, stats: usize, gamma: usize, dGamma: usize, dBeta: usize, table: usize,
  rows: i32, cols: i32, blockRows: i32, first: i32, last: i32, scratch: usize,
): void {
  const stride = padded(cols) << 2;
  const blocks = (rows + blockRows - 1) / blockRows;
  const half = <usize>blocks * stride;
  const row = <usize>cols << 2;
  for (let j = first; j < last; j++) {
    const at = <usize>j << 2;
    let sum: f64 = 0, along: f64 = 0;
    for (let i = 0; i < blocks; i++) {
      const from = partial + at + <usize>i * stride;
      sum += load<f32>(from);
      along += load<f32>(from + half);
    }
    const inverse = <f64>load<f32>(stats + at + 2 * row);
    const r = <f64>load<f32>(stats + at + row);
    along = (along - r * sum) * inverse;
    store<f32>(dGamma + at, <f32>along);
    store<f32>(dBeta + at, <f32>sum);
    const a = inverse * (gamma == 0 ? 1 : <f64>load<f32>(gamma + at));
    const b = -a * inverse * along / <f64>rows;
    store<f32>(table + at, <f32>a);
    store<f32>(table + at + row, <f32>b);
    store<f32>(table + at + 2 * row, <f32>(-a * sum / <f64>rows - b * r));
  }
}

/** dx = dy table[0] + (x - mean) table[1] + table[2]; an item is a row. */
export function batchGradScale(
  x: usize, dy: usize, dx: usize, mean: usize, table: usize, cols: i32, first: i32, last: i32, scratch: usize,
): void {
  const row = <usize>cols << 2;
  const offset = <usize>first * row;
  let from = x + offset, rates = dy + offset, to = dx + offset;
  for (let i = first; i < last; i++) {
    let j: usize = 0;
    let left = cols;
    for (; left >= 4; left -= 4, j += 16, from += 16, rates += 16, to += 16) {
      const d = f32x4.sub(v128.load(from), v128.load(mean + j));
      const value = fma4(d, v128.load(table + row + j), v128.load(table + 2 * row + j));
      v128.store(to, fma4(v128.load(rates), v128.load(table + j), value));
    }
    for (; left > 0; left--, j += 4, from += 4, rates += 4, to += 4) {
      const d = load<f32>(from) - load<f32>(mean + j);
      const value = d * load<f32>(table + row + j) + load<f32>(table + 2 * row + j);
      store<f32>(to, load<f32>(rates) * load<f32>(table + j) + value);
    }
  }
}
