import type { Tensor } from '@tensorflow/tfjs-core';
import { asType } from '../fused/asType.js';
import { argMax, where } from '../gradients/kernels.js';
import { perExample } from '../losses/shapes.js';

/** How often the largest prediction is the class, for each example: `[batch]`. `classes` is int32, `[batch, …]`. */
export function classMatches(classes: Tensor, predictions: Tensor): Tensor {
  return perExample(
    where('Equal', classes, argMax(predictions.dtype === 'bool' ? asType(predictions, 'int32') : predictions)),
  );
}
