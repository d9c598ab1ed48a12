import { SplitV, type SplitVAttrs, type SplitVInputs, type Tensor } from '@tensorflow/tfjs-core';
import { parseAxisParam, prepareSplitSize } from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';
import { copyBox } from '../indexing/copyBox.js';

/** Cuts a tensor in parts along an axis. */
export const splitV = /* @__PURE__ */ defineKernel<SplitVInputs, SplitVAttrs>(
  SplitV,
  ({ inputs: { x }, attrs, engine }) => {
    const axis = parseAxisParam(attrs.axis, x.shape)[0]!;
    const begin = x.shape.map(() => 0);
    return prepareSplitSize(x as Tensor, attrs.numOrSizeSplits, axis).map((part) => {
      const out = copyBox(engine, x, begin, x.shape.with(axis, part));
      begin[axis]! += part;
      return out;
    });
  },
);
