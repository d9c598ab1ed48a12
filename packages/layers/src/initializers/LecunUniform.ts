import type { Config } from '@espalier/core';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Uniform in ±sqrt(3 / fanIn).
 * Source: LeCun et al. 1998, "Efficient BackProp".
 */
export class LecunUniform extends VarianceScaling {
  override readonly className = 'LecunUniform';

  constructor() {
    super({ scale: 1, mode: 'fanIn', distribution: 'uniform' });
  }

  override getConfig(): Config {
    return {};
  }
}
