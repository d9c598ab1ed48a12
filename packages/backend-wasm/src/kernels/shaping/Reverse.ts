import { Reverse, type ReverseAttrs, type ReverseInputs } from '@tensorflow/tfjs-core';
import { parseAxisParam } from '../../generated/tfjsUtilities.js';
import { requireDistinct } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { moveElements, stridesOf, targetOf } from './moveElements.js';

/** x with the order along some axes turned round. */
export const reverse = /* @__PURE__ */ defineKernel<ReverseInputs, ReverseAttrs>(
  Reverse,
  ({ inputs: { x }, attrs: { dims }, engine }) => {
    const turned = x.shape.length === 0 ? [] : parseAxisParam(dims, x.shape);
    requireDistinct(Reverse, turned);
    const out = targetOf(engine, x.shape, x.dtype);
    const strides = stridesOf(x.shape);
    moveElements(
      engine,
      x,
      out,
      x.shape.map((size, axis) => [size, strides[axis]! * (turned.includes(axis) ? -1 : 1), strides[axis]!]),
      turned.reduce((at, axis) => at + (x.shape[axis]! - 1) * strides[axis]!, 0),
    );
    return out;
  },
);
