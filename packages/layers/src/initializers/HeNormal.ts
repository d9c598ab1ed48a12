import type { Config } from '@espalier/core';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Normal, cut at two deviations, with variance 2 / fanIn: for layers followed by `relu`.
 * Source: He et al. 2015, arXiv:1502.01852.
 */
export class HeNormal extends VarianceScaling {
  override readonly className = 'HeNormal';

  constructor() {
    super({ scale: 2, mode: 'fanIn', distribution: 'truncatedNormal' });
  }

  override getConfig(): Config {
    return {};
  }
}
