import { topK } from '@espalier/core';
import { type TensorInfo, TopK, type TopKAttrs, type TopKInputs } from '@tensorflow/tfjs-core';
import { topKConfig } from '../../generated/tfjsKernels.js';
import { defineKernel, withSetup } from '../defineKernel.js';
import { throughInt32 } from '../throughInt32.js';

const other = /* @__PURE__ */ throughInt32(topKConfig);

/** tfjs's own, but where there is NaN, which it takes for a small number. */
export const topKWithNaN = /* @__PURE__ */ withSetup(
  /* @__PURE__ */ defineKernel<TopKInputs, TopKAttrs>(TopK, ({ inputs: { x }, attrs, engine }) => {
    const values = engine.typedArrayFromHeap(x);
    if (x.dtype !== 'float32' || !(values as Float32Array).some(Number.isNaN)) {
      const { k, sorted } = attrs;
      return other.kernelFunc({ inputs: { x }, attrs: { k, sorted }, backend: engine }) as TensorInfo[];
    }
    const best = topK(values, x.shape[x.shape.length - 1]!, attrs.k);
    const shape = [...x.shape.slice(0, -1), attrs.k];
    const outs = [engine.makeOutput(shape, 'float32'), engine.makeOutput(shape, 'int32')];
    engine.typedArrayFromHeap(outs[0]!).set(best.values);
    engine.typedArrayFromHeap(outs[1]!).set(best.indices);
    return outs;
  }),
  topKConfig,
);
