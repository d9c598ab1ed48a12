import type { Config, Initializer, Rng } from '@espalier/core';
import { sizeOf } from './sizeOf.js';

/** The normal distribution; default mean 0, standard deviation 0.05. */
export class RandomNormal implements Initializer {
  readonly className = 'RandomNormal';
  /** Default 0. */
  readonly mean: number;
  /** Default 0.05. */
  readonly stddev: number;

  constructor(options: { readonly mean?: number; readonly stddev?: number } = {}) {
    this.mean = options.mean ?? 0;
    this.stddev = options.stddev ?? 0.05;
  }

  values(shape: readonly number[], rng: Rng): Float32Array {
    return rng.normal(sizeOf(shape), this.mean, this.stddev);
  }

  getConfig(): Config {
    return { mean: this.mean, stddev: this.stddev };
  }
}
