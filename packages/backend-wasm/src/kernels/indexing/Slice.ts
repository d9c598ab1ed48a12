import { Slice, type SliceAttrs, type SliceInputs, slice_util, type Tensor } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { copyBox } from './copyBox.js';

/** A box out of a tensor. */
export const slice = /* @__PURE__ */ defineKernel<SliceInputs, SliceAttrs>(
  Slice,
  ({ inputs: { x }, attrs, engine }) => {
    const [begin = [], size = []] = slice_util.parseSliceParams(x as Tensor, attrs.begin, attrs.size);
    slice_util.assertParamsValid(x as Tensor, begin, size);
    return copyBox(engine, x, begin, size);
  },
);
