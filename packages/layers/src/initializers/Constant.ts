import type { Config, Initializer } from '@espalier/core';
import { sizeOf } from './sizeOf.js';

/** Every value the same; default 0. */
export class Constant implements Initializer {
  readonly className: string = 'Constant';
  /** Default 0. */
  readonly value: number;

  constructor(options: { readonly value?: number } = {}) {
    this.value = options.value ?? 0;
  }

  values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape)).fill(this.value);
  }

  getConfig(): Config {
    return { value: this.value };
  }
}
