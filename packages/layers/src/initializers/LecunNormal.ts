import type { Config } from '@espalier/core';
import { VarianceScaling } from './VarianceScaling.js';

/**
 * Normal, cut at two deviations, with variance 1 / fanIn: for layers followed by `selu`.
 * Source: LeCun et al. 1998, "Efficient BackProp".
 */
export class LecunNormal extends VarianceScaling {
  override readonly className = 'LecunNormal';

  constructor() {
    super({ scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' });
  }

  override getConfig(): Config {
    return {};
  }
}
