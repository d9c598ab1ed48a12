import { type Config, checkOptions, type Initializer, optionTable } from '@espalier/core';
import { sizeOf } from './sizeOf.js';

/** Every value 1. */
export class Ones implements Initializer {
  readonly className = 'Ones';

  constructor(options: object = {}) {
    checkOptions(options, optionTable<object>('Ones', {}));
  }

  values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape)).fill(1);
  }

  getConfig(): Config {
    return {};
  }
}
