import { type Config, checkOptions } from '@espalier/core';
import { fanLater, randomInitializer } from './initializerOptions.js';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Uniform in ±sqrt(3 / fanIn).
 * Source: LeCun et al. 1998, "Efficient BackProp".
 */
export class LecunUniform extends VarianceScaling {
  override readonly className = 'LecunUniform';

  constructor(options: object = {}) {
    checkOptions(options, randomInitializer('LecunUniform', {}, fanLater));
    super({ scale: 1, mode: 'fanIn', distribution: 'uniform' });
  }

  override getConfig(): Config {
    return {};
  }
}
