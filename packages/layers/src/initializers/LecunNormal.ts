import { type Config, checkOptions } from '@espalier/core';
import { fanLater, randomInitializer } from './initializerOptions.js';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Normal, cut at two deviations, with variance 1 / fanIn: for layers followed by `selu`.
 * Source: LeCun et al. 1998, "Efficient BackProp".
 */
export class LecunNormal extends VarianceScaling {
  override readonly className = 'LecunNormal';

  constructor(options: object = {}) {
    checkOptions(options, randomInitializer('LecunNormal', {}, fanLater));
    super({ scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' });
  }

  override getConfig(): Config {
    return {};
  }
}
