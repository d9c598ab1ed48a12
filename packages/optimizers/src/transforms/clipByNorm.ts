import { type Config, checkOptions, type Optimizer, optionTable } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkPositive } from '../checkRange.js';
import { clippedTo } from './clippedTo.js';
import { GradientTransform, mapTensors } from './GradientTransform.js';
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
    return mapTensors(gradients, (gradient) => clippedTo(this.norm, [gradient])[0]!);
  }
}

/**
 * Scales each gradient by itself where its norm `n = √Σ g²` is above `norm`: `g ← g norm / n`. Keras's `clipnorm`.
 * Gradients of any finite size come out at the norm asked for; with NaN or an infinity in one, all of it becomes NaN, so that the
 * loss shows it and training stops.
 * @throws ValueError unless `norm` is above 0.
 */
export function clipByNorm(optimizer: Optimizer, options: ClipByNormOptions): ClipByNorm {
  return new ClipByNorm(withOptimizer(optimizer, options, clipByNormOptions));
}
