import { abs, tidy } from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import { bytesOf, made, rangesOf, runKernel } from './divided.js';

/** Kernels of optimizers, with the tensors of a parameter that each takes. */
const updates: [kernel: string, width: number, attrs: object][] = [
  ['AdamUpdate', 5, { alpha: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-7, amsgrad: true }],
  ['RMSpropUpdate', 5, { learningRate: 0.1, rho: 0.9, momentum: 0.9, epsilon: 0.1, centered: true }],
  ['LionUpdate', 3, { learningRate: 0.1, beta1: 0.9, beta2: 0.99 }],
  ['SgdUpdate', 3, { learningRate: 0.1, momentum: 0.9, nesterov: true }],
];

describe('updates: the same to the last bit however the work is divided', () => {
  const compare = rangesOf(['adamUpdate', 'rmspropUpdate', 'lionUpdate', 'sgdUpdate', 'sumSquares', 'scaleAll']);

  test.each([1, 3, 1023, 1025, 5001])('of two parameters, of %d and 7', (size) => {
    compare(() =>
      tidy(() => {
        const parameters = [size, 7].map((count) => Array.from({ length: 5 }, (_, i) => abs(made([count], count + i))));
        for (const [kernel, width, attrs] of updates) {
          runKernel(
            kernel,
            parameters.flatMap((tensors) => tensors.slice(0, width)),
            { width, ...attrs },
          );
        }
        const clipped = runKernel(
          'ClipByGlobalNorm',
          parameters.map(([value]) => value!),
          { norm: 0.1 },
        );
        return [...parameters.flat(), ...clipped].map(bytesOf);
      }),
    );
  });
});
