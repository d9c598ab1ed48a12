import { Slice, type SliceAttrs, type SliceInputs, type Tensor } from '@tensorflow/tfjs-core';
import { assertParamsValid, parseSliceParams } from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';
import { copyBox } from './copyBox.js';

/** A box out of a tensor. */
export const slice = /* @__PURE__ */ defineKernel<SliceInputs, SliceAttrs>(
  Slice,
  ({ inputs: { x }, attrs, engine }) => {
    const [begin = [], size = []] = parseSliceParams(x as Tensor, attrs.begin, attrs.size);
    assertParamsValid(x as Tensor, begin, size);
    return copyBox(engine, x, begin, size);
  },
);
