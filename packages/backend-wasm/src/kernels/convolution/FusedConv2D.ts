import { backend_util, FusedConv2D, type FusedConv2DAttrs, type FusedConv2DInputs } from '@tensorflow/tfjs-core';
import { requireChannelsLast } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { applyEpilogue, epilogueInside } from '../epilogue.js';
import type { Shape4D } from './Conv2D.js';
import { convolve } from './convolve.js';

/** Convolution, bias and activation. */
export const fusedConv2D = /* @__PURE__ */ defineKernel<FusedConv2DInputs, FusedConv2DAttrs>(
  FusedConv2D,
  ({ inputs, attrs, engine }) => {
    requireChannelsLast(FusedConv2D, attrs.dataFormat);
    const info = backend_util.computeConv2DInfo(
      inputs.x.shape as Shape4D,
      inputs.filter.shape as Shape4D,
      attrs.strides,
      attrs.dilations,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    const epilogue = { ...inputs, ...attrs };
    const inside = epilogueInside(FusedConv2D, engine, info.outChannels, epilogue);
    const out = convolve(FusedConv2D, engine, inputs.x, inputs.filter, info, inside);
    return inside === undefined ? applyEpilogue(FusedConv2D, engine, out, epilogue) : out;
  },
);
