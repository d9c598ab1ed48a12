import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { add, clone, mul, neg, run, square, sub } from './kernels.js';
import { unbroadcast } from './shapes.js';

/** Batch normalisation with given statistics, and local response normalisation. */
export const normalisation = (): Gradient[] => [
  {
    // y = (x − mean) · r · scale + offset with r = (variance + ε)^−½. What varies by channel alone is multiplied in
    // after the sums over the other axes.
    kernelName: 'FusedBatchNorm',
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc(
      dy: Tensor,
      [x, mean, variance, scale]: [Tensor, Tensor, Tensor, Tensor],
      { varianceEpsilon }: { varianceEpsilon: number },
    ) {
      const r = () => run('Rsqrt', { x: add(variance, varianceEpsilon) });
      const perChannel = (grad: Tensor) => unbroadcast(grad, mean.shape);
      const correlation = () => perChannel(mul(dy, sub(x, mean)));
      return {
        x: () => mul(dy, mul(scale, r())),
        mean: () => neg(mul(perChannel(dy), mul(scale, r()))),
        variance: () => {
          const rate = r();
          return mul(mul(correlation(), scale), mul(mul(square(rate), rate), -0.5));
        },
        scale: () => mul(correlation(), r()),
        offset: () => perChannel(clone(dy)),
      };
    },
  },
  {
    kernelName: 'LRN',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [x, y]: [Tensor, Tensor], attrs: object) => ({
      x: () => run('LRNGrad', { x, y, dy }, attrs),
    }),
  },
];
