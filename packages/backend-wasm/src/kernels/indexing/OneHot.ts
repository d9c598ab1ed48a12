import { OneHot, type OneHotAttrs, type OneHotInputs } from '@tensorflow/tfjs-core';
import { requireIndices } from '../checks.js';
import { defineKernel } from '../defineKernel.js';

/** A row of `depth` for each index, `onValue` there and `offValue` elsewhere; tfjs's own writes four bytes for a bool. */
export const oneHot = /* @__PURE__ */ defineKernel<OneHotInputs, OneHotAttrs>(
  OneHot,
  ({ inputs: { indices }, attrs: { dtype, depth, onValue, offValue }, engine }) => {
    requireIndices(OneHot, 'indices', indices);
    const out = engine.makeOutput([...indices.shape, depth], dtype);
    // Made after the output, which may have moved the heap.
    const [at, rows] = [engine.typedArrayFromHeap(indices), engine.typedArrayFromHeap(out)];
    rows.fill(offValue);
    for (let i = 0; i < at.length; i++) {
      // What lies outside has no place: its row stays as it is.
      if (at[i]! >= 0 && at[i]! < depth) rows[i * depth + at[i]!] = onValue;
    }
    return out;
  },
);
