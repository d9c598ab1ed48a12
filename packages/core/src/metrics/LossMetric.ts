import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossFunction } from '../losses/FunctionLoss.js';
import type { Loss } from '../losses/Loss.js';
import { type LossName, resolveLoss } from '../losses/resolveLoss.js';
import type { Config } from '../module/Parameter.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { MeanMetric } from './MeanMetric.js';

/** What {@link LossMetric} takes. */
export interface LossMetricOptions {
  /** The loss whose mean is measured, by name or object. */
  readonly loss: Loss | LossName | LossFunction;
  /** Default the name of the loss. */
  readonly name?: string;
}

const lossMetricOptions = /* @__PURE__ */ optionTable<LossMetricOptions>('LossMetric', {
  loss: 'any!',
  name: 'string',
});

/**
 * The mean of a loss over all examples: `new LossMetric({ loss: 'meanAbsoluteError' })` is Keras's metric
 * `MeanAbsoluteError`. Where examples have weights the mean is by weight, while the loss that is trained on is divided
 * by the number of examples.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { LossMetric, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const error = new LossMetric({ loss: 'mae', name: 'error' });
 * const sums = error.statistics(tensor2d([[1], [2]]), tensor2d([[2], [5]]));
 * if (error.result(sums.dataSync()) !== 2) throw new Error('not the mean of 1 and 3');
 * ```
 */
export class LossMetric extends MeanMetric {
  /** The name in configs; Keras's class name. */
  readonly className: string = 'LossMetric';
  /** The loss whose mean it is. */
  readonly loss: Loss;

  constructor(options: LossMetricOptions) {
    const loss = resolveLoss(checkOptions(options, lossMetricOptions).loss);
    super(options.name ?? loss.name);
    this.loss = loss;
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    return this.loss.values(targets, predictions);
  }

  /** The constructor's options as JSON. */
  override getConfig(): Config {
    return { ...super.getConfig(), loss: this.loss.serialize() };
  }
}
