import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { asType } from '../fused/asType.js';
import { argMax } from '../gradients/kernels.js';
import { checkOneHot } from '../losses/shapes.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { MeanMetric } from './MeanMetric.js';
import { classMatches } from './matches.js';

/** What {@link CategoricalAccuracy} takes. */
export interface CategoricalAccuracyOptions {
  /** Default `categoricalAccuracy`. */
  readonly name?: string;
}

const categoricalAccuracyOptions = /* @__PURE__ */ optionTable<CategoricalAccuracyOptions>(
  'CategoricalAccuracy',
  { name: 'string' },
  { later: { dtype: '' } },
);

/**
 * How often the largest prediction is the class of the one-hot target, 0 to 1. Both are `[batch, …, classes]`;
 * probabilities and logits give the same, and of equal predictions the first counts.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { CategoricalAccuracy, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const accuracy = new CategoricalAccuracy();
 * const sums = accuracy.statistics(tensor2d([[0, 1], [0, 1]]), tensor2d([[0.2, 0.8], [0.6, 0.4]]));
 * if (accuracy.result(sums.dataSync()) !== 0.5) throw new Error('not one of two');
 * ```
 */
export class CategoricalAccuracy extends MeanMetric {
  /** The name in configs; Keras's class name. */
  readonly className: string = 'CategoricalAccuracy';

  constructor(options: CategoricalAccuracyOptions = {}) {
    super(checkOptions(options, categoricalAccuracyOptions).name ?? 'categoricalAccuracy');
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    checkOneHot(targets.shape, predictions.shape, this.name, "the metric 'sparseCategoricalAccuracy'");
    return tidy(() => classMatches(argMax(targets.dtype === 'bool' ? asType(targets, 'int32') : targets), predictions));
  }
}
