import { type Config, checkOptions } from '@espalier/core';
import { fanLater, randomInitializer } from './initializerOptions.js';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Uniform in ±sqrt(6 / fanIn): for layers followed by `relu`.
 * Source: He et al. 2015, arXiv:1502.01852.
 */
export class HeUniform extends VarianceScaling {
  override readonly className = 'HeUniform';

  constructor(options: object = {}) {
    checkOptions(options, randomInitializer('HeUniform', {}, fanLater));
    super({ scale: 2, mode: 'fanIn', distribution: 'uniform' });
  }

  override getConfig(): Config {
    return {};
  }
}
