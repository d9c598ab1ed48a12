import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { checkLabels, labelsOf } from '../losses/shapes.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { MeanMetric } from './MeanMetric.js';
import { classMatches } from './matches.js';

/** What {@link SparseCategoricalAccuracy} takes. */
export interface SparseCategoricalAccuracyOptions {
  /** Default `sparseCategoricalAccuracy`. */
  readonly name?: string;
}

const sparseCategoricalAccuracyOptions = /* @__PURE__ */ optionTable<SparseCategoricalAccuracyOptions>(
  'SparseCategoricalAccuracy',
  { name: 'string' },
  { later: { dtype: '' } },
);

/**
 * How often the largest prediction is the class named by the integer label, 0 to 1. Labels are `[batch, …]` or
 * `[batch, …, 1]`, predictions `[batch, …, classes]`.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { SparseCategoricalAccuracy, activateBackend } from '@espalier/core';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const accuracy = new SparseCategoricalAccuracy();
 * const sums = accuracy.statistics(tensor1d([1, 1], 'int32'), tensor2d([[0.2, 0.8], [0.6, 0.4]]));
 * if (accuracy.result(sums.dataSync()) !== 0.5) throw new Error('not one of two');
 * ```
 */
export class SparseCategoricalAccuracy extends MeanMetric {
  /** The name in configs; Keras's class name. */
  readonly className: string = 'SparseCategoricalAccuracy';

  constructor(options: SparseCategoricalAccuracyOptions = {}) {
    super(checkOptions(options, sparseCategoricalAccuracyOptions).name ?? 'sparseCategoricalAccuracy');
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    checkLabels(targets.shape, predictions.shape, this.name, "the metric 'categoricalAccuracy'");
    return tidy(() => classMatches(labelsOf(targets, predictions), predictions));
  }
}
