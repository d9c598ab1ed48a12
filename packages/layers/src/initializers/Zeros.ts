import { type Config, checkOptions, type Initializer, optionTable } from '@espalier/core';
import { sizeOf } from './sizeOf.js';

/** Every value 0. */
export class Zeros implements Initializer {
  readonly className = 'Zeros';

  constructor(options: object = {}) {
    checkOptions(options, optionTable<object>('Zeros', {}));
  }

  values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape));
  }

  getConfig(): Config {
    return {};
  }
}
