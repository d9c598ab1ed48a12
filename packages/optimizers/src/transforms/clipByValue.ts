import { type Config, checkOptions, type Optimizer, optionTable } from '@espalier/core';
import { maximum, minimum, type Tensor } from '@tensorflow/tfjs-core';
import { checkPositive } from '../checkRange.js';
import { GradientTransform, mapTensors } from './GradientTransform.js';
import { withOptimizer } from './withOptimizer.js';

/** What {@link clipByValue} takes. */
export interface ClipByValueOptions {
  /** The largest size of one element, above 0. */
  readonly value: number;
}

const clipByValueOptions = /* @__PURE__ */ optionTable<ClipByValueOptions & { readonly optimizer: Optimizer }>(
  'clipByValue',
  {
    value: 'number!',
    optimizer: 'object!',
  },
);

/** The class of {@link clipByValue}. */
export class ClipByValue extends GradientTransform {
  readonly className: string = 'ClipByValue';
  readonly value: number;

  constructor(options: ClipByValueOptions & { readonly optimizer: Optimizer }) {
    super(checkOptions(options, clipByValueOptions).optimizer);
    this.value = checkPositive('clipByValue: value', options.value);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), value: this.value };
  }

  protected transform(gradients: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
    // Not tfjs's clipByValue, which hides NaN on its WASM backend.
    return mapTensors(gradients, (gradient) => minimum(maximum(gradient, -this.value), this.value));
  }
}

/**
 * Keeps each element of the gradients between `-value` and `value`, infinities too; NaN stays NaN. Keras's `clipvalue`.
 * @throws ValueError unless `value` is above 0.
 */
export function clipByValue(optimizer: Optimizer, options: ClipByValueOptions): ClipByValue {
  return new ClipByValue(withOptimizer(optimizer, options, clipByValueOptions));
}
