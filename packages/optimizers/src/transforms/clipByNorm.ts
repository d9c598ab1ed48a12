import { type Config, checkOptions, type Optimizer, optionTable } from '@espalier/core';
import { div, maximum, mul, sqrt, type Tensor } from '@tensorflow/tfjs-core';
import { checkPositive } from '../checkRange.js';
import { GradientTransform, mapTensors } from './GradientTransform.js';
import { sumOfSquares } from './sumOfSquares.js';
import { withOptimizer } from './withOptimizer.js';

/** What {@link clipByNorm} takes. */
export interface ClipByNormOptions {
  /** The largest norm of one gradient, above 0. */
  readonly norm: number;
}

const clipByNormOptions = /* @__PURE__ */ optionTable<ClipByNormOptions & { readonly optimizer: Optimizer }>(
  'clipByNorm',
  {
    norm: 'number!',
    optimizer: 'object!',
  },
);

/** The class of {@link clipByNorm}. */
export class ClipByNorm extends GradientTransform {
  readonly className: string = 'ClipByNorm';
  readonly norm: number;

  constructor(options: ClipByNormOptions & { readonly optimizer: Optimizer }) {
    super(checkOptions(options, clipByNormOptions).optimizer);
    this.norm = checkPositive('clipByNorm: norm', options.norm);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), norm: this.norm };
  }

  protected transform(gradients: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
    return mapTensors(gradients, (gradient) => {
      const norm = sqrt(sumOfSquares(gradient));
      return div(mul(gradient, this.norm), maximum(norm, this.norm));
    });
  }
}

/**
 * Scales each gradient by itself where its norm `n = √Σ g²` is above `norm`: `g ← g norm / n`. Keras's `clipnorm`.
 * @throws ValueError unless `norm` is above 0.
 */
export function clipByNorm(optimizer: Optimizer, options: ClipByNormOptions): ClipByNorm {
  return new ClipByNorm(withOptimizer(optimizer, options, clipByNormOptions));
}
