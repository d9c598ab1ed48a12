import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
} from '@tensorflow/tfjs-core';
import { computeConv2DInfo } from '../../generated/tfjsUtilities.js';
import { requireChannelsLast } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import type { Shape4D } from './Conv2D.js';
import { inputGradient } from './convolve.js';

/** tfjs's attributes, and the dilations that they lack; 1 where absent. */
export interface InputGradientAttrs extends Conv2DBackpropInputAttrs {
  readonly dilations?: [number, number] | number;
}

/** The gradient of a convolution's input, which is also the transposed convolution. */
export const conv2DBackpropInput = /* @__PURE__ */ defineKernel<Conv2DBackpropInputInputs, InputGradientAttrs>(
  Conv2DBackpropInput,
  ({ inputs: { dy, filter }, attrs, engine }) => {
    requireChannelsLast(Conv2DBackpropInput, attrs.dataFormat);
    const info = computeConv2DInfo(
      attrs.inputShape,
      filter.shape as Shape4D,
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    return inputGradient(Conv2DBackpropInput, engine, dy, filter, info);
  },
);
