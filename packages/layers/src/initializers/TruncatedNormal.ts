import { type Config, checkOptions, type Initializer, type Rng } from '@espalier/core';
import { atLeast, finite } from '../options/checks.js';
import { randomInitializer } from './initializerOptions.js';
import { sizeOf } from './sizeOf.js';

const truncatedNormalOptions = /* @__PURE__ */ randomInitializer<{ readonly mean?: number; readonly stddev?: number }>(
  'TruncatedNormal',
  { mean: 'number', stddev: 'number' },
);

/** The normal distribution without what lies beyond two standard deviations; default mean 0, deviation 0.05 (before cutting). */
export class TruncatedNormal implements Initializer {
  readonly className = 'TruncatedNormal';
  /** Default 0. */
  readonly mean: number;
  /** Before cutting; default 0.05. */
  readonly stddev: number;

  constructor(options: { readonly mean?: number; readonly stddev?: number } = {}) {
    const { mean = 0, stddev = 0.05 } = checkOptions(options, truncatedNormalOptions);
    this.mean = finite(mean, 'mean', 'TruncatedNormal');
    this.stddev = atLeast(stddev, 0, 'stddev', 'TruncatedNormal');
  }

  values(shape: readonly number[], rng: Rng): Float32Array {
    return rng.normal(sizeOf(shape), this.mean, this.stddev, true);
  }

  getConfig(): Config {
    return { mean: this.mean, stddev: this.stddev };
  }
}
