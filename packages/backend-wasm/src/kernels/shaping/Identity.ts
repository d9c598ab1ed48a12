import { Identity, type IdentityInputs } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';

/** Another handle on the same values. The tape makes one of every tensor that it saves; tfjs's own copies them all. */
export const identity = /* @__PURE__ */ defineKernel<IdentityInputs, object>(Identity, ({ inputs: { x }, engine }) => {
  engine.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
});
