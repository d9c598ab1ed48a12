import { type Config, checkOptions, type Optimizer, optionTable } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkPositive } from '../checkRange.js';
import { clippedTo } from './clippedTo.js';
import { GradientTransform } from './GradientTransform.js';
import { withOptimizer } from './withOptimizer.js';

/** What {@link clipByGlobalNorm} takes. */
export interface ClipByGlobalNormOptions {
  /** The largest norm of all gradients together, above 0. */
  readonly norm: number;
}

const clipByGlobalNormOptions = /* @__PURE__ */ optionTable<
  ClipByGlobalNormOptions & { readonly optimizer: Optimizer }
>('clipByGlobalNorm', {
  norm: 'number!',
  optimizer: 'object!',
});

/** The class of {@link clipByGlobalNorm}. */
export class ClipByGlobalNorm extends GradientTransform {
  readonly className: string = 'ClipByGlobalNorm';
  readonly norm: number;

  constructor(options: ClipByGlobalNormOptions & { readonly optimizer: Optimizer }) {
    super(checkOptions(options, clipByGlobalNormOptions).optimizer);
    this.norm = checkPositive('clipByGlobalNorm: norm', options.norm);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), norm: this.norm };
  }

  protected transform(gradients: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
    const clipped = clippedTo(this.norm, [...gradients.values()]);
    return new Map([...gradients.keys()].map((path, i) => [path, clipped[i]!]));
  }
}

/**
 * Scales all gradients by the same factor where their norm together, `n = √Σ g²`, is above `norm`: `g ← g norm / n`.
 * The direction of the step stays. Gradients of any finite size come out at the norm asked for. With NaN or an infinity in
 * one, all become NaN, so that the loss shows it and training stops; beside an infinity PyTorch leaves zeros.
 *
 * Keras's `global_clipnorm`; Pascanu et al., https://arxiv.org/abs/1211.5063.
 * @throws ValueError unless `norm` is above 0.
 *
 * @example
 * ```ts
 * import { Adam, clipByGlobalNorm } from '@espalier/optimizers';
 *
 * const optimizer = clipByGlobalNorm(new Adam(), { norm: 1 });
 * if (optimizer.name !== 'adam' || optimizer.learningRate !== 0.001) throw new Error('not the inner optimizer');
 * ```
 */
export function clipByGlobalNorm(optimizer: Optimizer, options: ClipByGlobalNormOptions): ClipByGlobalNorm {
  return new ClipByGlobalNorm(withOptimizer(optimizer, options, clipByGlobalNormOptions));
}
