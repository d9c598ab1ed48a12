import { BackendError } from '@espalier/core';
import { Sum, type SumAttrs, type SumInputs, util } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { sumOver } from './sumOver.js';

/** Sums to six digits whatever the count; tfjs's own adds in float32 and loses two digits over a million terms. */
export const sum = /* @__PURE__ */ defineKernel<SumInputs, SumAttrs>(
  Sum,
  ({ inputs: { x }, attrs: { axis, keepDims }, engine }) => {
    const axes = util.parseAxisParam(axis, x.shape);
    if (x.dtype === 'float32' || x.dtype === 'int32') return sumOver(engine, x, axes, keepDims);
    if (x.dtype !== 'bool') throw new BackendError({ where: Sum, problem: `${x.dtype} values cannot be added` });
    const counted = castTo(engine, x, 'int32');
    const out = sumOver(engine, counted, axes, keepDims);
    engine.disposeData(counted.dataId);
    return out;
  },
);
