import { type Config, checkOptions, optionTable, type Regularizer } from '@espalier/core';
import { abs, add, mul, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import { atLeast } from '../options/checks.js';

const l1l2Options = /* @__PURE__ */ optionTable<{ readonly l1?: number; readonly l2?: number }>('L1L2', {
  l1: 'number',
  l2: 'number',
});

/** The penalty `l1 · Σ abs w + l2 · Σ w²`, both 0 unless given. */
export class L1L2 implements Regularizer {
  readonly className = 'L1L2';
  /** Default 0. */
  readonly l1: number;
  /** Default 0. */
  readonly l2: number;

  constructor(options: { readonly l1?: number; readonly l2?: number } = {}) {
    this.l1 = atLeast(checkOptions(options, l1l2Options).l1 ?? 0, 0, 'l1', 'L1L2');
    this.l2 = atLeast(options.l2 ?? 0, 0, 'l2', 'L1L2');
  }

  penalty(value: Tensor): Tensor {
    return add(mul(sum(abs(value)), this.l1), mul(sum(square(value)), this.l2));
  }

  getConfig(): Config {
    return { l1: this.l1, l2: this.l2 };
  }
}
