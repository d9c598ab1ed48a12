import { type Config, checkOptions, type Initializer, type Rng } from '@espalier/core';
import { atLeast, finite } from '../options/checks.js';
import { randomInitializer } from './initializerOptions.js';
import { sizeOf } from './sizeOf.js';

const randomNormalOptions = /* @__PURE__ */ randomInitializer<{ readonly mean?: number; readonly stddev?: number }>(
  'RandomNormal',
  { mean: 'number', stddev: 'number' },
);

/** The normal distribution; default mean 0, standard deviation 0.05. */
export class RandomNormal implements Initializer {
  readonly className = 'RandomNormal';
  /** Default 0. */
  readonly mean: number;
  /** Default 0.05. */
  readonly stddev: number;

  constructor(options: { readonly mean?: number; readonly stddev?: number } = {}) {
    const { mean = 0, stddev = 0.05 } = checkOptions(options, randomNormalOptions);
    this.mean = finite(mean, 'mean', 'RandomNormal');
    this.stddev = atLeast(stddev, 0, 'stddev', 'RandomNormal');
  }

  values(shape: readonly number[], rng: Rng): Float32Array {
    return rng.normal(sizeOf(shape), this.mean, this.stddev);
  }

  getConfig(): Config {
    return { mean: this.mean, stddev: this.stddev };
  }
}
