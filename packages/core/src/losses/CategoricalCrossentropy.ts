import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { asType } from '../fused/asType.js';
import type { SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { crossentropy, lossKernel } from './crossentropy.js';
import type { Loss } from './Loss.js';
import { checkLabelSmoothing, smoothLabels } from './labelSmoothing.js';
import { lossLater } from './lossLater.js';
import { checkOneHot, requireClasses } from './shapes.js';

const SPARSE = "the loss 'sparseCategoricalCrossentropy'";

/** What {@link CategoricalCrossentropy} takes. */
export interface CategoricalCrossentropyOptions {
  /** Whether predictions are logits rather than probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** The share of each target that is spread evenly over all classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** Default `categoricalCrossentropy`. */
  readonly name?: string;
}

const categoricalCrossentropyOptions = /* @__PURE__ */ optionTable<CategoricalCrossentropyOptions>(
  'CategoricalCrossentropy',
  { fromLogits: 'boolean', labelSmoothing: 'number', name: 'string' },
  { later: { ...lossLater, axis: 'the classes are the last axis, always' } },
);

/**
 * Crossentropy between one-hot targets (or any distribution) and predictions, both `[batch, …, classes]`:
 * `-Σ t log p` over the classes.
 *
 * Probabilities are divided by their sum and clipped to [1e-7, 1 - 1e-7], as in Keras 3; from logits `log p` is
 * `x - log Σ exp x`, which is exact where probabilities round to 0 or 1.
 *
 * @throws ValueError for `labelSmoothing` outside [0, 1]; `values` throws ShapeError unless the shapes are equal.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { CategoricalCrossentropy, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const loss = new CategoricalCrossentropy();
 * const [value] = loss.values(tensor2d([[0, 1]]), tensor2d([[0.5, 0.5]])).dataSync();
 * if (Math.abs(value! - Math.log(2)) > 1e-6) throw new Error(`not log 2: ${value}`);
 * ```
 */
export class CategoricalCrossentropy implements Loss {
  readonly name: string;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;

  constructor(options: CategoricalCrossentropyOptions = {}) {
    checkOptions(options, categoricalCrossentropyOptions);
    this.name = options.name ?? 'categoricalCrossentropy';
    this.fromLogits = options.fromLogits ?? false;
    this.labelSmoothing = checkLabelSmoothing(options.labelSmoothing ?? 0, this.name);
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    checkOneHot(targets.shape, predictions.shape, this.name, SPARSE);
    return tidy(() => {
      const [t, p] = [asType(targets, 'float32'), asType(predictions, 'float32')];
      return lossKernel('CategoricalCrossentropy', t, p, this, () =>
        crossentropy(smoothLabels(t, this.labelSmoothing, p.shape.at(-1)!), p, this.fromLogits),
      );
    });
  }

  checkTargets(targets: Tensor, predictions: Shape, where: string): void {
    checkOneHot(targets.shape, predictions, where, SPARSE);
    requireClasses(predictions, where);
  }

  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject {
    const { name, fromLogits, labelSmoothing } = this;
    return { className: 'CategoricalCrossentropy', config: { name, fromLogits, labelSmoothing } };
  }
}
