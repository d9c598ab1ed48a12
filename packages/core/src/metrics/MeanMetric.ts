import { mul, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors/kinds.js';
import { asType } from '../fused/asType.js';
import { concat, total } from '../gradients/kernels.js';
import type { Config, SerializedObject } from '../module/Parameter.js';
import { describeValue } from '../options/describeValue.js';
import type { Metric } from './Metric.js';

/**
 * A metric that is the weighted mean of one value for each example: `Σ w v / Σ w`, 0 before the first example.
 * A new one writes `values`; its statistics are `[Σ w v, Σ w]`.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { MeanMetric, activateBackend } from '@espalier/core';
 * import { abs, max, sub, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
 *
 * class WorstError extends MeanMetric {
 *   override readonly className = 'WorstError';
 *   values(targets: Tensor, predictions: Tensor): Tensor {
 *     return max(abs(sub(targets, predictions)), -1);
 *   }
 * }
 *
 * await activateBackend(cpu());
 * const metric = new WorstError('worst');
 * const sums = metric.statistics(tensor2d([[0, 0], [0, 0]]), tensor2d([[1, 3], [0, 1]])).dataSync();
 * if (metric.result(sums) !== 2) throw new Error('not the mean of 3 and 1');
 * ```
 */
export abstract class MeanMetric implements Metric {
  /** The name in configs; Keras's class name. */
  abstract readonly className: string;
  readonly statisticsSize = 2;

  /** @throws ValueError where `name` is none: logs go by it. */
  constructor(readonly name: string) {
    if (typeof name === 'string' && name !== '') return;
    throw new ValueError({ where: new.target.name, problem: 'a metric needs a name', got: describeValue(name) });
  }

  /** One value for each example, `[batch]`; truths count as 0 and 1. */
  abstract values(targets: Tensor, predictions: Tensor): Tensor;

  statistics(targets: Tensor, predictions: Tensor, sampleWeight?: Tensor): Tensor {
    return tidy(() => {
      const values = asType(this.values(targets, predictions), 'float32');
      if (sampleWeight === undefined) return concat([total(values), tensor1d([values.size])]);
      const weight = asType(sampleWeight, 'float32');
      return concat([total(mul(values, weight)), total(weight)]);
    });
  }

  result(sums: ArrayLike<number>): number {
    const [sum = 0, weight = 0] = Array.from(sums);
    return weight === 0 ? 0 : sum / weight;
  }

  /** The constructor's options as JSON. */
  getConfig(): Config {
    return { name: this.name };
  }

  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject {
    return { className: this.className, config: this.getConfig() };
  }
}
