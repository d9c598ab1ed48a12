import { BatchMatMul, type BatchMatMulAttrs, type BatchMatMulInputs } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { matMul } from './matMul.js';

/** Matrix product; tfjs's own keeps packed weights by tensor, so it misses changes in place, and is slow where transposed. */
export const batchMatMul = /* @__PURE__ */ defineKernel<BatchMatMulInputs, BatchMatMulAttrs>(
  BatchMatMul,
  ({ inputs: { a, b }, attrs: { transposeA, transposeB }, engine }) =>
    matMul(BatchMatMul, engine, a, b, transposeA, transposeB),
);
