import type { Config, Initializer, Rng } from '@espalier/core';
import { sizeOf } from './sizeOf.js';

/** The normal distribution without what lies beyond two standard deviations; default mean 0, deviation 0.05 (before cutting). */
export class TruncatedNormal implements Initializer {
  readonly className = 'TruncatedNormal';
  /** Default 0. */
  readonly mean: number;
  /** Before cutting; default 0.05. */
  readonly stddev: number;

  constructor(options: { readonly mean?: number; readonly stddev?: number } = {}) {
    this.mean = options.mean ?? 0;
    this.stddev = options.stddev ?? 0.05;
  }

  values(shape: readonly number[], rng: Rng): Float32Array {
    return rng.normal(sizeOf(shape), this.mean, this.stddev, true);
  }

  getConfig(): Config {
    return { mean: this.mean, stddev: this.stddev };
  }
}
