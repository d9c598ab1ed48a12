import { mul, ones, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { StateError, ValueError } from '../errors/kinds.js';
import type { SerializedObject } from '../module/Parameter.js';
import { describeValue } from '../options/describeValue.js';
import type { Loss } from './Loss.js';
import { perExample } from './shapes.js';

/** From targets and predictions to a value for each example, `[batch]`; further axes are averaged, a scalar counts for all. */
export type LossFunction = (targets: Tensor, predictions: Tensor) => Tensor;

/** A loss that is a plain function, which goes by the function's name and cannot be saved. */
export class FunctionLoss implements Loss {
  readonly name: string;
  readonly #compute: LossFunction;

  constructor(compute: LossFunction) {
    this.name = compute.name === '' ? 'loss' : compute.name;
    this.#compute = compute;
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    return tidy(() => valuesOf(this.#compute, targets, predictions, `the loss '${this.name}'`));
  }

  serialize(): SerializedObject {
    return refuseFunction(`the loss '${this.name}'`);
  }
}

/**
 * What a function gives, one value for each example.
 * @throws ValueError where it gives no tensor.
 */
export function valuesOf(compute: LossFunction, targets: Tensor, predictions: Tensor, where: string): Tensor {
  const values: unknown = compute(targets, predictions);
  if (typeof (values as Tensor | null | undefined)?.dataSync !== 'function') {
    throw new ValueError({
      where,
      problem: 'the function gave no tensor',
      expected: 'one value for each example, [batch]',
      got: describeValue(values),
    });
  }
  const tensor = values as Tensor;
  return tensor.rank === 0 ? mul(ones([predictions.shape[0] ?? 1]), tensor) : perExample(tensor);
}

/** @throws StateError always: a file cannot hold code. */
export function refuseFunction(where: string): never {
  throw new StateError({
    where,
    problem: 'it is a function, which a file cannot hold',
    mend: 'write a class with serialize(), or leave it out and give the function again after loading',
  });
}
