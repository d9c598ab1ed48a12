import { Conv2D, type Conv2DAttrs, type Conv2DInputs } from '@tensorflow/tfjs-core';
import { computeConv2DInfo } from '../../generated/tfjsUtilities.js';
import { requireChannelsLast } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { convolve } from './convolve.js';

/** Convolution; tfjs's own keeps packed filters by tensor, so it misses changes in place. */
export const conv2D = /* @__PURE__ */ defineKernel<Conv2DInputs, Conv2DAttrs>(
  Conv2D,
  ({ inputs: { x, filter }, attrs, engine }) => {
    requireChannelsLast(Conv2D, attrs.dataFormat);
    const info = computeConv2DInfo(
      x.shape as Shape4D,
      filter.shape as Shape4D,
      attrs.strides,
      attrs.dilations,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    return convolve(Conv2D, engine, x, filter, info);
  },
);

/** What tfjs-core asks for: it does not export the type. */
export type Shape4D = [number, number, number, number];
