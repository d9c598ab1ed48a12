import type { Config, Regularizer } from '@espalier/core';
import { abs, add, mul, square, sum, type Tensor } from '@tensorflow/tfjs-core';

/** The penalty `l1 · Σ abs w + l2 · Σ w²`, both 0 unless given. */
export class L1L2 implements Regularizer {
  readonly className = 'L1L2';
  /** Default 0. */
  readonly l1: number;
  /** Default 0. */
  readonly l2: number;

  constructor(options: { readonly l1?: number; readonly l2?: number } = {}) {
    this.l1 = options.l1 ?? 0;
    this.l2 = options.l2 ?? 0;
  }

  penalty(value: Tensor): Tensor {
    return add(mul(sum(abs(value)), this.l1), mul(sum(square(value)), this.l2));
  }

  getConfig(): Config {
    return { l1: this.l1, l2: this.l2 };
  }
}
