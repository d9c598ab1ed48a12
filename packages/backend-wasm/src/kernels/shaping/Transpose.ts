import { Transpose, type TransposeAttrs, type TransposeInputs } from '@tensorflow/tfjs-core';
import { requireDistinct } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { moveElements, stridesOf, targetOf } from './moveElements.js';

/** The axes in another order: axis i of the result is axis perm[i] of x. */
export const transpose = /* @__PURE__ */ defineKernel<TransposeInputs, TransposeAttrs>(
  Transpose,
  ({ inputs: { x }, attrs: { perm }, engine }) => {
    requireDistinct(Transpose, perm);
    const shape = perm.map((axis) => x.shape[axis]!);
    const out = targetOf(engine, shape, x.dtype);
    const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
    moveElements(
      engine,
      x,
      out,
      shape.map((size, i) => [size, from[perm[i]!]!, to[i]!]),
    );
    return out;
  },
);
