import { concat, getBackend, getKernel, reshape, split, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { requireShape } from '../errors/requireShape.js';
import { type ConvolutionOptions, requireWindow, windowAttrs, withBiasActivation } from './biasActivation.js';
import { depthwiseConvolution2d } from './depthwiseConvolution2d.js';

/** What {@link convolution2d} takes beside image and filter. */
export interface Convolution2dOptions extends ConvolutionOptions {
  /** Into how many parts the channels of input and output are divided; each output sees those of its part. Default 1. */
  readonly groups?: number;
}

/**
 * `activation(convolution of x + bias)`: x `[batch, height, width, in]`, filter
 * `[kernelHeight, kernelWidth, in / groups, out]`, bias `[out]`, result `[batch, height', width', out]`. Differentiable in
 * all three. With groups the channels g · in / groups … of x alone give the channels g · out / groups … of the result: two
 * groups in AlexNet, 32 in ResNeXt (Xie et al. 2017, arXiv:1611.05431).
 *
 * @throws ShapeError where the filter has not the inputs of one group, its outputs do not divide into the groups, their
 * number is not a whole one, the bias has another shape, or the image is smaller than the window.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { convolution2d, activateBackend } from '@espalier/core';
 * import { ones, tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = convolution2d(ones([1, 2, 2, 1]), ones([2, 2, 1, 1]), { bias: tensor1d([3]), activation: 'relu6' });
 * if (`${y.dataSync()}` !== '6') throw new Error(`got ${y.dataSync()}`);
 * ```
 */
export function convolution2d(x: Tensor, filter: Tensor, options: Convolution2dOptions = {}): Tensor {
  const { groups = 1, bias } = options;
  const [, , inputs = 0, filters = 0] = filter.shape;
  const images = x.rank === 4 && filter.rank === 4;
  if (!images || !Number.isInteger(groups) || x.shape[3] !== inputs * groups || filters % groups !== 0) {
    throw new ShapeError({
      where: 'convolution2d',
      problem: 'input, filter and groups do not go together',
      expected: `x [batch, height, width, ${inputs * groups}], and outputs that divide into ${groups}`,
      got: `x [${x.shape}], filter [${filter.shape}], groups ${groups}`,
    });
  }
  requireShape('convolution2d', 'bias', bias, [filters]);
  requireWindow('convolution2d', x, filter, options);
  return tidy(() => compute(x, filter, options));
}

function compute(x: Tensor, filter: Tensor, options: Convolution2dOptions): Tensor {
  const { groups = 1, bias } = options;
  const [height = 0, width = 0, inputs = 0, filters = 0] = filter.shape;
  if (groups === 1) return withBiasActivation('FusedConv2D', { x, filter }, windowAttrs(options), options);
  const grouped = getKernel('GroupedConv2D', getBackend()) !== undefined;
  if (inputs === 1 && (!grouped || filters === groups)) {
    return depthwiseConvolution2d(x, reshape(filter, [height, width, groups, filters / groups]), options);
  }
  if (grouped) return withBiasActivation('GroupedConv2D', { x, filter }, windowAttrs(options), options);
  const [parts, weights] = [split(x, groups, 3), split(filter, groups, 3)];
  const biases = bias && split(bias, groups);
  const results = parts.map((part, i) => {
    return compute(part, weights[i]!, { ...options, groups: 1, bias: biases?.[i] });
  });
  return concat(results, 3);
}
