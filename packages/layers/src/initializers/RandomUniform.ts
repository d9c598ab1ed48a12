import { type Config, checkOptions, type Initializer, type Rng } from '@espalier/core';
import { atLeast, finite } from '../options/checks.js';
import { randomInitializer } from './initializerOptions.js';
import { sizeOf } from './sizeOf.js';

const randomUniformOptions = /* @__PURE__ */ randomInitializer<{ readonly minval?: number; readonly maxval?: number }>(
  'RandomUniform',
  { minval: 'number', maxval: 'number' },
);

/** Uniform in [minval, maxval); default [-0.05, 0.05). The seed is the model's: there is none of its own. */
export class RandomUniform implements Initializer {
  readonly className = 'RandomUniform';
  /** The least value; default -0.05. */
  readonly minval: number;
  /** Above all values; default 0.05. */
  readonly maxval: number;

  constructor(options: { readonly minval?: number; readonly maxval?: number } = {}) {
    const { minval = -0.05, maxval = 0.05 } = checkOptions(options, randomUniformOptions);
    this.minval = finite(minval, 'minval', 'RandomUniform');
    this.maxval = atLeast(maxval, minval, 'maxval', 'RandomUniform');
  }

  values(shape: readonly number[], rng: Rng): Float32Array {
    return rng.uniform(sizeOf(shape), this.minval, this.maxval);
  }

  getConfig(): Config {
    return { minval: this.minval, maxval: this.maxval };
  }
}
