import { Unpack, type UnpackAttrs, type UnpackInputs } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { copyBox } from '../indexing/copyBox.js';

/** Every slice of a tensor along an axis, without that axis. */
export const unpack = /* @__PURE__ */ defineKernel<UnpackInputs, UnpackAttrs>(
  Unpack,
  ({ inputs: { value }, attrs, engine }) => {
    const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
    const rest = value.shape.toSpliced(axis, 1);
    return Array.from({ length: value.shape[axis]! }, (_, i) => {
      const begin = value.shape.map((_, at) => (at === axis ? i : 0));
      return copyBox(engine, value, begin, value.shape.with(axis, 1), rest);
    });
  },
);
