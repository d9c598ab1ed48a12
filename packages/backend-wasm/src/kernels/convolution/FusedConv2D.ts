import { FusedConv2D, type FusedConv2DAttrs, type FusedConv2DInputs, type KernelConfig } from '@tensorflow/tfjs-core';
import { computeConv2DInfo } from '../../generated/tfjsUtilities.js';
import { requireChannelsLast } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { applyEpilogue, epilogueInside } from '../epilogue.js';
import type { Shape4D } from './Conv2D.js';
import { convolve } from './convolve.js';

/** Into how many groups the channels are divided follows from the filter, as in all of our convolutions. */
const convolution = (name: string): KernelConfig =>
  defineKernel<FusedConv2DInputs, FusedConv2DAttrs>(name, ({ inputs, attrs, engine }) => {
    requireChannelsLast(name, attrs.dataFormat);
    const info = computeConv2DInfo(
      inputs.x.shape as Shape4D,
      inputs.filter.shape as Shape4D,
      attrs.strides,
      attrs.dilations,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    const epilogue = { ...inputs, ...attrs };
    const inside = epilogueInside(name, engine, info.outChannels, epilogue);
    const out = convolve(name, engine, inputs.x, inputs.filter, info, inside);
    return inside === undefined ? applyEpilogue(name, engine, out, epilogue) : out;
  });

/** Convolution, bias and activation. */
export const fusedConv2D = /* @__PURE__ */ convolution(FusedConv2D);

/** The same by the name that core asks for where there are groups: tfjs's kernels know of none. */
export const groupedConv2D = /* @__PURE__ */ convolution('GroupedConv2D');
