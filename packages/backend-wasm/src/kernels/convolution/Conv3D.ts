import {
  Conv3D,
  type Conv3DAttrs,
  Conv3DBackpropFilterV2,
  type Conv3DBackpropFilterV2Attrs,
  type Conv3DBackpropFilterV2Inputs,
  Conv3DBackpropInputV2,
  type Conv3DBackpropInputV2Attrs,
  type Conv3DBackpropInputV2Inputs,
  type Conv3DInputs,
} from '@tensorflow/tfjs-core';
import { computeConv3DInfo } from '../../generated/tfjsUtilities.js';
import { requireChannelsLast } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { convolve, filterGradient, inputGradient } from './convolve.js';

type Shape5D = [number, number, number, number, number];

export const conv3D = /* @__PURE__ */ defineKernel<Conv3DInputs, Conv3DAttrs>(
  Conv3D,
  ({ inputs: { x, filter }, attrs, engine }) => {
    requireChannelsLast(Conv3D, attrs.dataFormat);
    const { strides, dilations, pad } = attrs;
    const info = computeConv3DInfo(x.shape as Shape5D, filter.shape as Shape5D, strides, dilations, pad);
    return convolve(Conv3D, engine, x, filter, info);
  },
);

/** tfjs's own is wrong for strides above 1. */
export const conv3DBackpropFilter = /* @__PURE__ */ defineKernel<
  Conv3DBackpropFilterV2Inputs,
  Conv3DBackpropFilterV2Attrs
>(Conv3DBackpropFilterV2, ({ inputs: { x, dy }, attrs: { strides, pad, filterShape }, engine }) => {
  const info = computeConv3DInfo(x.shape as Shape5D, filterShape, strides, 1, pad);
  return filterGradient(Conv3DBackpropFilterV2, engine, x, dy, info);
});

/** tfjs's own reads outside the filter. */
export const conv3DBackpropInput = /* @__PURE__ */ defineKernel<
  Conv3DBackpropInputV2Inputs,
  Conv3DBackpropInputV2Attrs
>(Conv3DBackpropInputV2, ({ inputs: { dy, filter }, attrs: { strides, pad, inputShape }, engine }) => {
  const info = computeConv3DInfo(inputShape, filter.shape as Shape5D, strides, 1, pad);
  return inputGradient(Conv3DBackpropInputV2, engine, dy, filter, info);
});
