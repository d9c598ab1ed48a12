import { Mean, type MeanAttrs, type MeanInputs, util } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { sumOver } from './sumOver.js';

/** The mean, as float32 whatever the input; of nothing it is NaN. */
export const mean = /* @__PURE__ */ defineKernel<MeanInputs, MeanAttrs>(
  Mean,
  ({ inputs: { x }, attrs: { axis, keepDims }, engine }) => {
    const axes = util.parseAxisParam(axis, x.shape);
    const count = axes.reduce((product, one) => product * x.shape[one]!, 1);
    const floats = castTo(engine, x, 'float32');
    const out = sumOver(engine, floats, axes, keepDims, count);
    engine.disposeData(floats.dataId);
    return out;
  },
);
