import type { Tensor } from '@tensorflow/tfjs-core';
import { type ConvolutionOptions, windowAttrs, withBiasActivation } from './biasActivation.js';

/**
 * `activation(convolution of x + bias)`: x `[batch, height, width, in]`, filter `[kernelHeight, kernelWidth, in, out]`, bias
 * `[out]`, result `[batch, height', width', out]`. Differentiable in all three.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { convolution2d, useBackend } from '@espalier/core';
 * import { ones, tensor1d } from '@tensorflow/tfjs-core';
 *
 * await useBackend(cpu());
 * const y = convolution2d(ones([1, 2, 2, 1]), ones([2, 2, 1, 1]), { bias: tensor1d([3]), activation: 'relu6' });
 * if (`${y.dataSync()}` !== '6') throw new Error(`got ${y.dataSync()}`);
 * ```
 */
export function convolution2d(x: Tensor, filter: Tensor, options: ConvolutionOptions = {}): Tensor {
  return withBiasActivation('FusedConv2D', { x, filter }, windowAttrs(options), options);
}
