import { div, log, logSoftmax, maximum, minimum, mul, neg, sum, type Tensor } from '@tensorflow/tfjs-core';

/** Keras's `backend.epsilon()`: how far probabilities are kept from 0 and 1. */
const EPSILON = 1e-7;

/** Keeps probabilities where their logarithm, and that of what they leave to 1, is finite. */
export function clipProbabilities(probabilities: Tensor): Tensor {
  // Not clipByValue, which makes EPSILON of NaN on tfjs's WASM backend: fit could not see that training has failed.
  return minimum(maximum(probabilities, EPSILON), 1 - EPSILON);
}

/** `-Σ targets * log p` over the last axis; probabilities are first made to add up to 1. */
export function crossentropy(targets: Tensor, predictions: Tensor, fromLogits: boolean): Tensor {
  const logs = fromLogits
    ? logSoftmax(predictions)
    : log(clipProbabilities(div(predictions, sum(predictions, -1, true))));
  return neg(sum(mul(targets, logs), -1));
}
