import { cast, oneHot, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { asType } from '../fused/asType.js';
import type { SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { crossentropy, lossKernel } from './crossentropy.js';
import type { Loss } from './Loss.js';
import { lossLater } from './lossLater.js';
import { refuseLabel } from './refuseLabel.js';
import { checkLabels, labelsOf, requireClasses } from './shapes.js';

const DENSE = "the loss 'categoricalCrossentropy'";

/** What {@link SparseCategoricalCrossentropy} takes. */
export interface SparseCategoricalCrossentropyOptions {
  /** Whether predictions are logits rather than probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Default `sparseCategoricalCrossentropy`. */
  readonly name?: string;
}

const sparseCategoricalCrossentropyOptions = /* @__PURE__ */ optionTable<SparseCategoricalCrossentropyOptions>(
  'SparseCategoricalCrossentropy',
  { fromLogits: 'boolean', name: 'string' },
  {
    later: {
      ...lossLater,
      axis: 'the classes are the last axis, always',
      ignoreClass: 'give those examples the weight 0',
    },
  },
);

/**
 * Crossentropy between integer labels `[batch, …]` (or `[batch, …, 1]`) and predictions `[batch, …, classes]`:
 * `-log p[label]`, with probabilities and logits treated as by {@link CategoricalCrossentropy}.
 *
 * `checkTargets` throws DataError for a label that is not an integer from 0 to `classes - 1`; `values` throws ShapeError
 * where there is not one label for each row of predictions.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { SparseCategoricalCrossentropy, activateBackend } from '@espalier/core';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const loss = new SparseCategoricalCrossentropy();
 * const [value] = loss.values(tensor1d([1], 'int32'), tensor2d([[0.5, 0.5]])).dataSync();
 * if (Math.abs(value! - Math.log(2)) > 1e-6) throw new Error(`not log 2: ${value}`);
 * ```
 */
export class SparseCategoricalCrossentropy implements Loss {
  readonly name: string;
  readonly fromLogits: boolean;

  constructor(options: SparseCategoricalCrossentropyOptions = {}) {
    checkOptions(options, sparseCategoricalCrossentropyOptions);
    this.name = options.name ?? 'sparseCategoricalCrossentropy';
    this.fromLogits = options.fromLogits ?? false;
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    checkLabels(targets.shape, predictions.shape, this.name, DENSE);
    return tidy(() => {
      const [labels, p] = [labelsOf(targets, predictions), asType(predictions, 'float32')];
      const attrs = { fromLogits: this.fromLogits, labelSmoothing: 0 };
      return lossKernel('CategoricalCrossentropy', labels, p, attrs, () => {
        const rows = cast(oneHot(labels, predictions.shape.at(-1)!), 'float32');
        return crossentropy(rows, p, this.fromLogits);
      });
    });
  }

  checkTargets(targets: Tensor, predictions: Shape, where: string, indices?: ArrayLike<number>): void {
    checkLabels(targets.shape, predictions, where, DENSE);
    requireClasses(predictions, where);
    const classes = predictions.at(-1) ?? Number.POSITIVE_INFINITY;
    const labels = targets.dataSync();
    const at = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
    if (at < 0) return;
    refuseLabel(targets, at, labels[at]!, indices, {
      where,
      expected: `integers from 0 to ${classes - 1}, for the ${classes} classes that the model predicts`,
      mend: 'number the classes from 0, or give the last layer one unit for each class',
    });
  }

  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject {
    const { name, fromLogits } = this;
    return { className: 'SparseCategoricalCrossentropy', config: { name, fromLogits } };
  }
}
