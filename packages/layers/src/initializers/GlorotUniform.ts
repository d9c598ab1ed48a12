import { type Config, checkOptions } from '@espalier/core';
import { fanLater, randomInitializer } from './initializerOptions.js';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Uniform in ±sqrt(6 / (fanIn + fanOut)): the default of most layers.
 * Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
 */
export class GlorotUniform extends VarianceScaling {
  override readonly className = 'GlorotUniform';

  constructor(options: object = {}) {
    checkOptions(options, randomInitializer('GlorotUniform', {}, fanLater));
    super({ scale: 1, mode: 'fanAvg', distribution: 'uniform' });
  }

  override getConfig(): Config {
    return {};
  }
}
