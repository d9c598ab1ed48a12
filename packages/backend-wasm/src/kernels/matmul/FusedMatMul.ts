import { _FusedMatMul, type _FusedMatMulAttrs, type _FusedMatMulInputs } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { applyEpilogue, epilogueInside } from '../epilogue.js';
import { matMul } from './matMul.js';

/** Matrix product, bias and activation; tfjs's own adds the bias and clamps once for every 48 columns of `a`. */
export const fusedMatMul = /* @__PURE__ */ defineKernel<_FusedMatMulInputs, _FusedMatMulAttrs>(
  _FusedMatMul,
  ({ inputs, attrs, engine }) => {
    const { a, b } = inputs;
    const { transposeA, transposeB } = attrs;
    const epilogue = { ...inputs, ...attrs };
    const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)] as number;
    const inside = epilogueInside(_FusedMatMul, engine, columns, epilogue);
    const product = matMul(_FusedMatMul, engine, a, b, transposeA, transposeB, inside);
    return inside === undefined ? applyEpilogue(_FusedMatMul, engine, product, epilogue) : product;
  },
);
