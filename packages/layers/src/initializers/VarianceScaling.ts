import { type Config, checkOptions, type Initializer, type Rng, ValueError } from '@espalier/core';
import { finite, oneOf } from '../options/checks.js';
import { fans } from './fans.js';
import { fanLater, randomInitializer } from './initializerOptions.js';
import { sizeOf } from './sizeOf.js';

const modes = ['fanIn', 'fanOut', 'fanAvg'] as const;
const distributions = ['truncatedNormal', 'untruncatedNormal', 'uniform'] as const;

/** The standard deviation of a standard normal distribution that is cut at two deviations. */
const CUT_DEVIATION = 0.8796256610342398;

/** What {@link VarianceScaling} takes. */
export interface VarianceScalingOptions {
  /** Positive; default 1. */
  readonly scale?: number;
  /** Default `fanIn`. */
  readonly mode?: (typeof modes)[number];
  /** Default `truncatedNormal`. */
  readonly distribution?: (typeof distributions)[number];
}

const varianceScalingOptions = /* @__PURE__ */ randomInitializer<VarianceScalingOptions>(
  'VarianceScaling',
  {
    scale: 'number',
    mode: 'string',
    distribution: 'string',
  },
  fanLater,
);

/**
 * Random values of mean 0 and variance `scale / n`, where `n` is the number of inputs of a unit (`fanIn`), of its
 * outputs (`fanOut`), or the mean of both (`fanAvg`), so that signals keep their size from layer to layer.
 */
export class VarianceScaling implements Initializer {
  readonly className: string = 'VarianceScaling';
  /** {@inheritDoc VarianceScalingOptions.scale} */
  readonly scale: number;
  /** {@inheritDoc VarianceScalingOptions.mode} */
  readonly mode: (typeof modes)[number];
  /** {@inheritDoc VarianceScalingOptions.distribution} */
  readonly distribution: (typeof distributions)[number];

  constructor(options: VarianceScalingOptions = {}) {
    this.scale = finite(checkOptions(options, varianceScalingOptions).scale ?? 1, 'scale', 'VarianceScaling');
    this.mode = oneOf(options.mode ?? 'fanIn', modes, 'mode', 'VarianceScaling');
    this.distribution = oneOf(
      options.distribution ?? 'truncatedNormal',
      distributions,
      'distribution',
      'VarianceScaling',
    );
    if (!(this.scale > 0)) {
      throw new ValueError({ where: 'VarianceScaling', problem: 'scale must be positive', got: String(this.scale) });
    }
  }

  values(shape: readonly number[], rng: Rng): Float32Array {
    const { fanIn, fanOut } = fans(shape);
    const n = this.mode === 'fanIn' ? fanIn : this.mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
    const variance = this.scale / Math.max(1, n);
    const size = sizeOf(shape);
    if (this.distribution === 'uniform') {
      const limit = Math.sqrt(3 * variance);
      return rng.uniform(size, -limit, limit);
    }
    return this.distribution === 'truncatedNormal'
      ? rng.normal(size, 0, Math.sqrt(variance) / CUT_DEVIATION, true)
      : rng.normal(size, 0, Math.sqrt(variance));
  }

  getConfig(): Config {
    return { scale: this.scale, mode: this.mode, distribution: this.distribution };
  }
}
