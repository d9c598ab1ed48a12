import { StridedSlice, type StridedSliceAttrs, type StridedSliceInputs } from '@tensorflow/tfjs-core';
import { stridedSliceConfig } from '../../generated/tfjsKernels.js';
import { computeSliceShape, computeStrides, sliceInfo } from '../../generated/tfjsUtilities.js';
import { callKernel, defineKernel } from '../defineKernel.js';

/** Every so many elements along each axis. tfjs's kernel calls the result float32 whatever the input was. */
export const stridedSlice = /* @__PURE__ */ defineKernel<StridedSliceInputs, StridedSliceAttrs>(
  StridedSlice,
  ({ inputs: { x }, attrs, engine }) => {
    if (x.dtype === 'string') return callKernel(stridedSliceConfig, engine, { x }, { ...attrs });
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
    const cut = sliceInfo(x.shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask);
    const out = engine.makeOutput(cut.finalShape, x.dtype);
    // Made after the output, which may have moved the heap.
    const [from, to] = [engine.typedArrayFromHeap(x), engine.typedArrayFromHeap(out)];
    const counts = computeSliceShape(cut.begin, cut.end, cut.strides);
    const steps = [...computeStrides(x.shape), 1];
    let at = 0;
    const copy = (axis: number, offset: number): void => {
      if (axis === x.shape.length) {
        to[at++] = from[offset]!;
        return;
      }
      for (let i = 0; i < counts[axis]!; i++) {
        copy(axis + 1, offset + (cut.begin[axis]! + i * cut.strides[axis]!) * steps[axis]!);
      }
    };
    if (to.length > 0) copy(0, 0);
    return out;
  },
);
