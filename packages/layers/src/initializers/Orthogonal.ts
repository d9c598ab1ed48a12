import { type Config, checkOptions, type Initializer, type Rng, ShapeError, showShape } from '@espalier/core';
import { finite } from '../options/checks.js';
import { randomInitializer } from './initializerOptions.js';
import { sizeOf } from './sizeOf.js';

const orthogonalOptions = /* @__PURE__ */ randomInitializer<{ readonly gain?: number }>('Orthogonal', {
  gain: 'number',
});

/**
 * A random orthogonal matrix, uniform over all of them, times `gain` (default 1). Axes before the last are taken
 * together as rows; the shorter side's vectors are orthonormal.
 * Source: Saxe et al. 2013, arXiv:1312.6120.
 */
export class Orthogonal implements Initializer {
  readonly className = 'Orthogonal';
  /** Default 1. */
  readonly gain: number;

  constructor(options: { readonly gain?: number } = {}) {
    this.gain = finite(checkOptions(options, orthogonalOptions).gain ?? 1, 'gain', 'Orthogonal');
  }

  /** @throws ShapeError where the shape has fewer than two axes. */
  values(shape: readonly number[], rng: Rng): Float32Array {
    if (shape.length < 2) {
      throw new ShapeError({
        where: 'Orthogonal',
        problem: 'a vector cannot be orthogonal',
        expected: 'at least 2 axes',
        got: showShape(shape),
      });
    }
    const columns = shape.at(-1)!;
    const rows = sizeOf(shape.slice(0, -1));
    const tall = rows >= columns;
    const vectors = orthonormalVectors(Math.min(rows, columns), Math.max(rows, columns), rng);
    const out = new Float32Array(rows * columns);
    for (const [k, vector] of vectors.entries()) {
      for (const [i, value] of vector.entries()) out[tall ? i * columns + k : k * columns + i] = this.gain * value;
    }
    return out;
  }

  getConfig(): Config {
    return { gain: this.gain };
  }
}

/** Gram-Schmidt on normal deviates, each vector cleared twice: once leaves float64 rounding behind for near-parallel ones. */
function orthonormalVectors(count: number, length: number, rng: Rng): Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const v = Float64Array.from({ length }, () => rng.gaussian());
    for (let pass = 0; pass < 2; pass++) {
      for (const u of vectors) {
        const along = dot(u, v);
        for (let i = 0; i < length; i++) v[i]! -= along * u[i]!;
      }
    }
    const norm = Math.sqrt(dot(v, v));
    vectors.push(v.map((value) => value / norm));
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
