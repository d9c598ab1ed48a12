import {
  cast,
  customGrad,
  div,
  equal,
  expandDims,
  type GradSaveFunc,
  log,
  logSoftmax,
  maximum,
  minimum,
  mul,
  neg,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { fused } from '../fused/fused.js';
import { perExample } from './shapes.js';

/** Keras's `backend.epsilon()`: how far probabilities are kept from 0 and 1. */
const EPSILON = 1e-7;

/** Keeps probabilities where their logarithm, and that of what they leave to 1, is finite. */
export function clipProbabilities(probabilities: Tensor): Tensor {
  // Not clipByValue, which makes EPSILON of NaN on tfjs's WASM backend: fit could not see that training has failed.
  return minimum(maximum(probabilities, EPSILON), 1 - EPSILON);
}

/** How a loss reads its predictions and targets. */
export interface CrossentropyAttrs {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
}

/**
 * The values of a loss for each example by one kernel, where the backend has it. Targets are constants: no gradient
 * goes to them. `composed` gives values of each row or element, whose mean is taken.
 */
export function lossKernel(
  kernel: 'CategoricalCrossentropy' | 'BinaryCrossentropy',
  targets: Tensor,
  predictions: Tensor,
  attrs: CrossentropyAttrs,
  composed: () => Tensor,
): Tensor {
  const ordinary = () => perExample(composed());
  if (predictions.rank < (kernel === 'BinaryCrossentropy' ? 1 : 2)) return ordinary();
  return fused({ kernel, inputs: { predictions }, constants: { targets }, attrs, composed: ordinary });
}

/**
 * `-Σ targets * log p` over the last axis; probabilities are first made to add up to 1. Targets are constants: no
 * gradient goes to them.
 */
export function crossentropy(targets: Tensor, predictions: Tensor, fromLogits: boolean): Tensor {
  return fromLogits ? negativeDot(targets, logSoftmax(predictions)) : ofProbabilities(targets, predictions);
}

function negativeDot(targets: Tensor, logs: Tensor): Tensor {
  return neg(sum(mul(targets, logs), -1));
}

/**
 * With `q = p / Σ p` and `w = t / q` where `q` is not clipped, else 0, the gradient is `(Σ w q - w) / Σ p`: a third of the
 * kernels that the tape would run, in every step of every classifier.
 */
function ofProbabilities(targets: Tensor, predictions: Tensor): Tensor {
  const op = customGrad((...inputs) => {
    const [p, save] = inputs as [Tensor, GradSaveFunc];
    const total = sum(p, -1, true);
    const q = div(p, total);
    const clipped = clipProbabilities(q);
    save([targets, total, q, clipped]);
    return {
      value: negativeDot(targets, log(clipped)),
      gradFunc(dy: Tensor, saved: Tensor[]) {
        const [t, scale, share, inside] = saved as [Tensor, Tensor, Tensor, Tensor];
        const w = mul(div(t, inside), cast(equal(share, inside), 'float32'));
        return mul(sub(sum(mul(w, share), -1, true), w), div(expandDims(dy, -1), scale));
      },
    };
  });
  return op(predictions);
}
