import type { Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { requireShape } from '../errors/requireShape.js';
import { type ConvolutionOptions, requireWindow, windowAttrs, withBiasActivation } from './biasActivation.js';

/**
 * `activation(depthwise convolution of x + bias)`: x `[batch, height, width, channels]`, filter
 * `[kernelHeight, kernelWidth, channels, multiplier]`, bias `[channels · multiplier]`. Differentiable in all three.
 *
 * @throws ShapeError where the shapes do not go together, or the image is smaller than the window.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { depthwiseConvolution2d, activateBackend } from '@espalier/core';
 * import { ones, tensor } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = depthwiseConvolution2d(tensor([1, -10, 2, -20], [1, 1, 2, 2]), ones([1, 2, 2, 1]), { activation: 'relu' });
 * if (`${y.dataSync()}` !== '3,0') throw new Error(`got ${y.dataSync()}`);
 * ```
 */
export function depthwiseConvolution2d(x: Tensor, filter: Tensor, options: ConvolutionOptions = {}): Tensor {
  const [, , channels = 0, multiplier = 0] = filter.shape;
  if (x.rank !== 4 || filter.rank !== 4 || x.shape[3] !== channels) {
    throw new ShapeError({
      where: 'depthwiseConvolution2d',
      problem: 'input and filter do not go together',
      expected: 'x [batch, height, width, channels], filter [kernelHeight, kernelWidth, channels, multiplier]',
      got: `x [${x.shape}], filter [${filter.shape}]`,
    });
  }
  requireShape('depthwiseConvolution2d', 'bias', options.bias, [channels * multiplier]);
  requireWindow('depthwiseConvolution2d', x, filter, options);
  return withBiasActivation('FusedDepthwiseConv2D', { x, filter }, windowAttrs(options), options);
}
