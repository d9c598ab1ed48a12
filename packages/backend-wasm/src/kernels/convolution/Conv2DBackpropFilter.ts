import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
} from '@tensorflow/tfjs-core';
import { computeConv2DInfo } from '../../generated/tfjsUtilities.js';
import { requireChannelsLast } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import type { Shape4D } from './Conv2D.js';
import { filterGradient } from './convolve.js';

/** tfjs's attributes, and the dilations that they lack; 1 where absent. */
export interface FilterGradientAttrs extends Conv2DBackpropFilterAttrs {
  readonly dilations?: [number, number] | number;
}

/** The gradient of a convolution's filter; tfjs has none for WASM. */
export const conv2DBackpropFilter = /* @__PURE__ */ defineKernel<Conv2DBackpropFilterInputs, FilterGradientAttrs>(
  Conv2DBackpropFilter,
  ({ inputs: { x, dy }, attrs, engine }) => {
    requireChannelsLast(Conv2DBackpropFilter, attrs.dataFormat);
    const info = computeConv2DInfo(
      x.shape as Shape4D,
      attrs.filterShape,
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    return filterGradient(Conv2DBackpropFilter, engine, x, dy, info);
  },
);
