import { ValueError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';

/** Spreads the bits of a 32-bit integer (the finaliser of MurmurHash3). */
function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over the UTF-16 code units. */
function hashLabel(label: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) h = Math.imul(h ^ label.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * A seeded random number generator whose streams are named. `fork` depends only on the seed and the label, never on
 * what was drawn before, so the weights of `dense_1` or the order of epoch 7 can be made again without a replay:
 * nothing but the seed needs saving.
 *
 * The stream itself is sfc32 (Doty-Humphrey, PractRand): 128 bits of state, period about 2^127.
 *
 * @example
 * ```ts
 * import { Rng } from '@espalier/core';
 *
 * const order = new Rng(42).fork('shuffle').fork(0).permutation(5);
 * const again = new Rng(42).fork('shuffle').fork(0).permutation(5);
 * if (order.join() !== again.join()) throw new Error('not reproducible');
 * ```
 */
export class Rng {
  readonly #high: number;
  readonly #low: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal: number | undefined;

  /**
   * @param seed Any finite number; integers from 0 to 2^53 give distinct streams.
   * @throws ValueError where it is none.
   */
  constructor(seed: number, key?: readonly [number, number]) {
    if (!Number.isFinite(seed)) {
      throw new ValueError({ where: 'Rng, seed', problem: 'a seed is a finite number', got: describeValue(seed) });
    }
    const whole = Math.floor(Math.abs(seed));
    [this.#high, this.#low] = key ?? [mix(Math.floor(whole / 2 ** 32) ^ 0x9e3779b9), mix((whole >>> 0) ^ 0x7f4a7c15)];
    this.#a = this.#high;
    this.#b = this.#low;
    this.#c = mix(this.#high ^ (this.#low << 1));
    for (let i = 0; i < 12; i++) this.next();
  }

  /** An independent stream, decided by this stream's seed and the label alone. */
  fork(label: string | number): Rng {
    const h = typeof label === 'number' ? mix(label ^ 0x2545f491) : hashLabel(label);
    return new Rng(0, [mix(this.#high ^ h), mix(mix(this.#low + 0x6d2b79f5) ^ Math.imul(h, 0x9e3779b1))]);
  }

  /** The next 32 random bits as an integer from 0 to 2^32 - 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A double in [0, 1) with 32 random bits. */
  float(): number {
    return this.next() / 2 ** 32;
  }

  /** An integer in [0, bound). */
  integer(bound: number): number {
    return Math.floor(this.float() * bound);
  }

  /** A standard normal deviate (Marsaglia's polar method). */
  gaussian(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    let u: number;
    let v: number;
    let s: number;
    do {
      u = 2 * this.float() - 1;
      v = 2 * this.float() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const scale = Math.sqrt((-2 * Math.log(s)) / s);
    this.#spareNormal = v * scale;
    return u * scale;
  }

  /** `size` values, uniform in [min, max). */
  uniform(size: number, min = 0, max = 1): Float32Array {
    const out = new Float32Array(size);
    for (let i = 0; i < size; i++) out[i] = min + (max - min) * this.float();
    return out;
  }

  /** `size` values from the normal distribution; with `truncated`, those beyond two deviations are drawn again. */
  normal(size: number, mean = 0, stddev = 1, truncated = false): Float32Array {
    const out = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      let z = this.gaussian();
      while (truncated && Math.abs(z) > 2) z = this.gaussian();
      out[i] = mean + stddev * z;
    }
    return out;
  }

  /** The integers from 0 to size - 1 in random order (Fisher-Yates). */
  permutation(size: number): Uint32Array {
    const order = Uint32Array.from({ length: size }, (_, i) => i);
    for (let i = size - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }
}
