import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { exp, mul, sub, sum } from './kernels.js';

/** Softmax and its logarithm, from their outputs alone. */
export const softmax = (): Gradient[] => [
  {
    kernelName: 'Softmax',
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [y]: [Tensor], { dim }: { dim: number }) => ({
      logits: () => {
        const weighted = mul(dy, y);
        return sub(weighted, mul(sum(weighted, [dim], true), y));
      },
    }),
  },
  {
    kernelName: 'LogSoftmax',
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [y]: [Tensor], { axis }: { axis: number }) => ({
      logits: () => sub(dy, mul(sum(dy, [axis], true), exp(y))),
    }),
  },
];
