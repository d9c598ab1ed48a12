import { argMax, cast, equal, type Tensor } from '@tensorflow/tfjs-core';
import { perExample } from '../losses/shapes.js';

/** How often the largest prediction is the class, for each example: `[batch]`. `classes` is int32, `[batch, …]`. */
export function classMatches(classes: Tensor, predictions: Tensor): Tensor {
  return perExample(cast(equal(classes, argMax(predictions, -1)), 'float32'));
}
