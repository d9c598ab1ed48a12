import type { Config, Initializer } from '@espalier/core';
import { sizeOf } from './sizeOf.js';

/** Every value 0. */
export class Zeros implements Initializer {
  readonly className = 'Zeros';

  values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape));
  }

  getConfig(): Config {
    return {};
  }
}
