import { cast, equal, greater, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { checkElementwise, perExample, sameRank } from '../losses/shapes.js';
import type { Config } from '../module/Parameter.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { MeanMetric } from './MeanMetric.js';

/** What {@link BinaryAccuracy} takes. */
export interface BinaryAccuracyOptions {
  /** Predictions above it count as 1. Default 0.5; for logits give 0. */
  readonly threshold?: number;
  /** Default `binaryAccuracy`. */
  readonly name?: string;
}

const binaryAccuracyOptions = /* @__PURE__ */ optionTable<BinaryAccuracyOptions>(
  'BinaryAccuracy',
  { threshold: 'number', name: 'string' },
  { later: { dtype: '' } },
);

/**
 * How often `prediction > threshold` is the target, 0 or 1, over all elements of an example. Targets have the shape of
 * the predictions; `[batch]` goes with `[batch, 1]`.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { BinaryAccuracy, activateBackend } from '@espalier/core';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const accuracy = new BinaryAccuracy();
 * const sums = accuracy.statistics(tensor1d([1, 1]), tensor2d([[0.8], [0.5]]));
 * if (accuracy.result(sums.dataSync()) !== 0.5) throw new Error('0.5 is not above 0.5');
 * ```
 */
export class BinaryAccuracy extends MeanMetric {
  /** The name in configs; Keras's class name. */
  readonly className: string = 'BinaryAccuracy';
  readonly threshold: number;

  constructor(options: BinaryAccuracyOptions = {}) {
    super(checkOptions(options, binaryAccuracyOptions).name ?? 'binaryAccuracy');
    this.threshold = options.threshold ?? 0.5;
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    checkElementwise(targets.shape, predictions.shape, this.name);
    return tidy(() => {
      const [t, p] = sameRank(cast(targets, 'float32'), predictions);
      return perExample(cast(equal(t, cast(greater(p, this.threshold), 'float32')), 'float32'));
    });
  }

  /** The constructor's options as JSON. */
  override getConfig(): Config {
    return { ...super.getConfig(), threshold: this.threshold };
  }
}
