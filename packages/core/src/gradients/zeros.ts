import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { zeros as zerosOf } from './kernels.js';

/**
 * Kernels that are constant wherever they are differentiable. A comparison lies on the way from the inputs to the loss
 * as soon as it chooses between tensors, and the tape asks for its gradient then. By the names of their inputs.
 */
const constant: Record<string, string> = {
  x: 'All Any ArgMax ArgMin Ceil Floor IsFinite IsInf IsNan LogicalNot OnesLike Round Sign Step ZerosLike',
  'a b': 'BitwiseAnd Equal FloorDiv Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual',
  'sortedSequence values': 'SearchSorted',
  indices: 'OneHot',
  logits: 'Multinomial',
};

/** Zero gradients. */
export const zeros = (): Gradient[] =>
  Object.entries(constant).flatMap(([names, kernels]) => {
    const inputsToSave = names.split(' ');
    return kernels.split(' ').map((kernelName) => ({
      kernelName,
      inputsToSave,
      gradFunc: (_: Tensor, saved: Tensor[]) =>
        Object.fromEntries(inputsToSave.map((name, i) => [name, () => zerosOf(saved[i]!.shape)])),
    }));
  });
