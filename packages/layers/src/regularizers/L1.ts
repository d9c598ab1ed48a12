import { type Config, checkOptions, optionTable, type Regularizer } from '@espalier/core';
import { abs, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { atLeast } from '../options/checks.js';

const l1Options = /* @__PURE__ */ optionTable<{ readonly l1?: number }>('L1', { l1: 'number' });

/** The penalty `l1 · Σ abs w`, default l1 = 0.01: pulls weights to exactly 0. */
export class L1 implements Regularizer {
  readonly className = 'L1';
  /** Default 0.01. */
  readonly l1: number;

  constructor(options: { readonly l1?: number } = {}) {
    this.l1 = atLeast(checkOptions(options, l1Options).l1 ?? 0.01, 0, 'l1', 'L1');
  }

  penalty(value: Tensor): Tensor {
    return mul(sum(abs(value)), this.l1);
  }

  getConfig(): Config {
    return { l1: this.l1 };
  }
}
