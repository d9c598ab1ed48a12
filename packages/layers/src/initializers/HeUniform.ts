import type { Config } from '@espalier/core';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Uniform in ±sqrt(6 / fanIn): for layers followed by `relu`.
 * Source: He et al. 2015, arXiv:1502.01852.
 */
export class HeUniform extends VarianceScaling {
  override readonly className = 'HeUniform';

  constructor() {
    super({ scale: 2, mode: 'fanIn', distribution: 'uniform' });
  }

  override getConfig(): Config {
    return {};
  }
}
