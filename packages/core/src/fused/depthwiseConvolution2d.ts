import type { Tensor } from '@tensorflow/tfjs-core';
import { type ConvolutionOptions, windowAttrs, withBiasActivation } from './biasActivation.js';

/**
 * `activation(depthwise convolution of x + bias)`: x `[batch, height, width, channels]`, filter
 * `[kernelHeight, kernelWidth, channels, multiplier]`, bias `[channels · multiplier]`. Differentiable in all three.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { depthwiseConvolution2d, useBackend } from '@espalier/core';
 * import { ones, tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend(cpu());
 * const y = depthwiseConvolution2d(tensor([1, -10, 2, -20], [1, 1, 2, 2]), ones([1, 2, 2, 1]), { activation: 'relu' });
 * if (`${y.dataSync()}` !== '3,0') throw new Error(`got ${y.dataSync()}`);
 * ```
 */
export function depthwiseConvolution2d(x: Tensor, filter: Tensor, options: ConvolutionOptions = {}): Tensor {
  return withBiasActivation('FusedDepthwiseConv2D', { x, filter }, windowAttrs(options), options);
}
