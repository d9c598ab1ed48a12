import { type Config, checkOptions } from '@espalier/core';
import { fanLater, randomInitializer } from './initializerOptions.js';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Normal, cut at two deviations, with variance 2 / fanIn: for layers followed by `relu`.
 * Source: He et al. 2015, arXiv:1502.01852.
 */
export class HeNormal extends VarianceScaling {
  override readonly className = 'HeNormal';

  constructor(options: object = {}) {
    checkOptions(options, randomInitializer('HeNormal', {}, fanLater));
    super({ scale: 2, mode: 'fanIn', distribution: 'truncatedNormal' });
  }

  override getConfig(): Config {
    return {};
  }
}
