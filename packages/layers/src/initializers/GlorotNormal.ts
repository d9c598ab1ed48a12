import { type Config, checkOptions } from '@espalier/core';
import { fanLater, randomInitializer } from './initializerOptions.js';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Normal, cut at two deviations, with variance 2 / (fanIn + fanOut).
 * Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
 */
export class GlorotNormal extends VarianceScaling {
  override readonly className = 'GlorotNormal';

  constructor(options: object = {}) {
    checkOptions(options, randomInitializer('GlorotNormal', {}, fanLater));
    super({ scale: 1, mode: 'fanAvg', distribution: 'truncatedNormal' });
  }

  override getConfig(): Config {
    return {};
  }
}
