import type { Config, Initializer, Rng } from '@espalier/core';
import { sizeOf } from './sizeOf.js';

/** Uniform in [minval, maxval); default [-0.05, 0.05). The seed is the model's: there is none of its own. */
export class RandomUniform implements Initializer {
  readonly className = 'RandomUniform';
  /** The least value; default -0.05. */
  readonly minval: number;
  /** Above all values; default 0.05. */
  readonly maxval: number;

  constructor(options: { readonly minval?: number; readonly maxval?: number } = {}) {
    this.minval = options.minval ?? -0.05;
    this.maxval = options.maxval ?? 0.05;
  }

  values(shape: readonly number[], rng: Rng): Float32Array {
    return rng.uniform(sizeOf(shape), this.minval, this.maxval);
  }

  getConfig(): Config {
    return { minval: this.minval, maxval: this.maxval };
  }
}
