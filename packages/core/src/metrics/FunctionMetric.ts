import type { Tensor } from '@tensorflow/tfjs-core';
import { type LossFunction, refuseFunction, valuesOf } from '../losses/FunctionLoss.js';
import type { SerializedObject } from '../module/Parameter.js';
import { MeanMetric } from './MeanMetric.js';

/** The mean of a plain function of targets and predictions; it goes by the function's name and cannot be saved. */
export class FunctionMetric extends MeanMetric {
  readonly className: string = 'FunctionMetric';
  readonly #compute: LossFunction;

  constructor(compute: LossFunction) {
    super(compute.name === '' ? 'metric' : compute.name);
    this.#compute = compute;
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    return valuesOf(this.#compute, targets, predictions, `the metric '${this.name}'`);
  }

  override serialize(): SerializedObject {
    return refuseFunction(`the metric '${this.name}'`);
  }
}
