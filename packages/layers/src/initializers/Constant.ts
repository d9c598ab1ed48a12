import { type Config, checkOptions, type Initializer, optionTable } from '@espalier/core';
import { finite } from '../options/checks.js';
import { sizeOf } from './sizeOf.js';

const constantOptions = /* @__PURE__ */ optionTable<{ readonly value?: number }>('Constant', { value: 'number' });

/** Every value the same; default 0. */
export class Constant implements Initializer {
  readonly className: string = 'Constant';
  /** Default 0. */
  readonly value: number;

  constructor(options: { readonly value?: number } = {}) {
    this.value = finite(checkOptions(options, constantOptions).value ?? 0, 'value', 'Constant');
  }

  values(shape: readonly number[]): Float32Array {
    return new Float32Array(sizeOf(shape)).fill(this.value);
  }

  getConfig(): Config {
    return { value: this.value };
  }
}
