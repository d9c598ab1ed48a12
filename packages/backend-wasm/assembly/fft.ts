// Discrete Fourier transforms, computed in double precision: one complex number fills a vector.

/** a · w, for w = (wr, wi) given as (wr, wr) and (−wi, wi). */
@inline
function times(a: v128, real: v128, imag: v128): v128 {
  return f64x2.add(f64x2.mul(a, real), f64x2.mul(v128.shuffle<f64>(a, a, 1, 0), imag));
}

@inline
function realOf(w: v128): v128 {
  return v128.shuffle<f64>(w, w, 0, 0);
}

/** (−wi, wi) */
@inline
function imagOf(w: v128): v128 {
  return f64x2.mul(v128.shuffle<f64>(w, w, 1, 1), f64x2.replace_lane(f64x2.splat(1), 0, -1));
}

@inline
function conjugate(a: v128): v128 {
  return f64x2.mul(a, f64x2.replace_lane(f64x2.splat(1), 1, -1));
}

@inline
function product(a: v128, b: v128): v128 {
  return times(a, realOf(b), imagOf(b));
}

/**
 * The transform of the m complex numbers at `x`, m a power of two, by Stockham's scheme of radix 2, which leaves them in
 * order. `y` has room for m more; answers the address of the result, one of the two. `roots` has the m/2 powers of the root.
 */
function powerOfTwo(x: usize, y: usize, m: i32, roots: usize): usize {
  let stride = 1;
  for (let half = m >> 1; half >= 1; half >>= 1) {
    const across = <usize>(half * stride) << 4;
    for (let p = 0; p < half; p++) {
      const w = v128.load(roots + (<usize>(p * stride) << 4));
      const wr = realOf(w), wi = imagOf(w);
      let from = x + (<usize>(p * stride) << 4);
      let to = y + (<usize>(2 * p * stride) << 4);
      const apart = <usize>stride << 4;
      for (let q = 0; q < stride; q++, from += 16, to += 16) {
        const a = v128.load(from), b = v128.load(from + across);
        v128.store(to, f64x2.add(a, b));
        v128.store(to + apart, times(f64x2.sub(a, b), wr, wi));
      }
    }
    const other = x;
    x = y;
    y = other;
    stride <<= 1;
  }
  return x;
}

@inline
function loadPair(re: usize, im: usize, i: i32): v128 {
  const at = <usize>i << 2;
  return f64x2.replace_lane(f64x2.splat(<f64>load<f32>(re + at)), 1, <f64>load<f32>(im + at));
}

@inline
function storePair(re: usize, im: usize, i: i32, value: v128): void {
  const at = <usize>i << 2;
  store<f32>(re + at, <f32>f64x2.extract_lane(value, 0));
  store<f32>(im + at, <f32>f64x2.extract_lane(value, 1));
}

/**
 * Transforms rows first … last − 1 of n complex numbers, times `scale`. Where n is no power of two it is Bluestein's sum: with
 * jk = (j² + k² − (k − j)²) / 2, a transform is a convolution with a chirp, done by transforms of length m ≥ 2n − 1.
 *
 * `table`: the m/2 powers e^(∓2πik/m), then, if m ≠ n, the chirp e^(∓πik²/n), k < n.
 * `scratch`: 2m complex doubles, or 3m if m ≠ n.
 */
export function fft(
  re: usize, im: usize, outRe: usize, outIm: usize, n: i32, m: i32, table: usize, scale: f64,
  first: i32, last: i32, scratch: usize,
): void {
  const size = <usize>m << 4;
  const x = scratch, y = scratch + size;
  const chirp = table + (size >> 1);
  let filter = scratch + 2 * size;
  if (m != n) {
    memory.fill(x, 0, size);
    for (let k = 0; k < n; k++) {
      const w = conjugate(v128.load(chirp + (<usize>k << 4)));
      v128.store(x + (<usize>k << 4), w);
      if (k > 0) v128.store(x + (<usize>(m - k) << 4), w);
    }
    memory.copy(filter, powerOfTwo(x, y, m, table), size);
  }
  for (let row = first; row < last; row++) {
    const begin = <usize>row * <usize>n << 2;
    const fromRe = re + begin, fromIm = im + begin, toRe = outRe + begin, toIm = outIm + begin;
    if (m == n) {
      for (let k = 0; k < n; k++) v128.store(x + (<usize>k << 4), loadPair(fromRe, fromIm, k));
      const result = powerOfTwo(x, y, m, table);
      const factor = f64x2.splat(scale);
      for (let k = 0; k < n; k++) storePair(toRe, toIm, k, f64x2.mul(v128.load(result + (<usize>k << 4)), factor));
    } else {
      memory.fill(x, 0, size);
      for (let k = 0; k < n; k++) {
        const at = <usize>k << 4;
        v128.store(x + at, product(loadPair(fromRe, fromIm, k), v128.load(chirp + at)));
      }
      const spectrum = powerOfTwo(x, y, m, table);
      // The inverse transform is the conjugate of the transform of the conjugate.
      for (let at: usize = 0; at < size; at += 16) {
        v128.store(spectrum + at, conjugate(product(v128.load(spectrum + at), v128.load(filter + at))));
      }
      const sums = powerOfTwo(spectrum, spectrum == x ? y : x, m, table);
      const factor = f64x2.splat(scale / <f64>m);
      for (let k = 0; k < n; k++) {
        const at = <usize>k << 4;
        const value = product(conjugate(v128.load(sums + at)), v128.load(chirp + at));
        storePair(toRe, toIm, k, f64x2.mul(value, factor));
      }
    }
  }
}
