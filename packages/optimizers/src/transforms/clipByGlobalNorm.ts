import { type Config, checkOptions, type Optimizer, optionTable } from '@espalier/core';
import {
  add,
  addN,
  div,
  engine,
  getBackend,
  getKernel,
  minimum,
  mul,
  type NamedTensorMap,
  sqrt,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { checkPositive } from '../checkRange.js';
import { GradientTransform, mapTensors } from './GradientTransform.js';
import { sumOfSquares } from './sumOfSquares.js';
import { withOptimizer } from './withOptimizer.js';

/** What {@link clipByGlobalNorm} takes. */
export interface ClipByGlobalNormOptions {
  /** The largest norm of all gradients together, above 0. */
  readonly norm: number;
}

/** Does all gradients in one pass, where the backend has it: a list in, a list out. */
const KERNEL = 'ClipByGlobalNorm';

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
    if (gradients.size === 0) return gradients;
    if (getKernel(KERNEL, getBackend()) !== undefined) {
      const list = [...gradients.values()] as unknown as NamedTensorMap;
      const clipped = engine().runKernel<Tensor[]>(KERNEL, list, { norm: this.norm });
      return new Map([...gradients.keys()].map((path, i) => [path, clipped[i]!]));
    }
    const norm = sqrt(addN([...gradients.values()].map(sumOfSquares)));
    const finite = mul(minimum(div(1, norm), 1 / this.norm), this.norm);
    // NaN where the norm is infinite or NaN: a step that went astray must show, not shrink to nothing.
    const scale = add(finite, sub(norm, norm));
    return mapTensors(gradients, (gradient) => mul(gradient, scale));
  }
}

/**
 * Scales all gradients by the same factor where their norm together, `n = √Σ g²`, is above `norm`: `g ← g norm / n`.
 * The direction of the step stays. Norms that are not finite give NaN.
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
