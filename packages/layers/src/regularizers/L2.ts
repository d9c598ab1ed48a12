import { type Config, checkOptions, optionTable, type Regularizer } from '@espalier/core';
import { mul, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import { atLeast } from '../options/checks.js';

const l2Options = /* @__PURE__ */ optionTable<{ readonly l2?: number }>('L2', { l2: 'number' });

/** The penalty `l2 · Σ w²`, default l2 = 0.01: pulls weights towards 0 in proportion to their size. */
export class L2 implements Regularizer {
  readonly className = 'L2';
  /** Default 0.01. */
  readonly l2: number;

  constructor(options: { readonly l2?: number } = {}) {
    this.l2 = atLeast(checkOptions(options, l2Options).l2 ?? 0.01, 0, 'l2', 'L2');
  }

  penalty(value: Tensor): Tensor {
    return mul(sum(square(value)), this.l2);
  }

  getConfig(): Config {
    return { l2: this.l2 };
  }
}
