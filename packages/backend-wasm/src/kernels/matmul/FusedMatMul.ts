import { _FusedMatMul, type _FusedMatMulAttrs, type _FusedMatMulInputs } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { applyEpilogue } from '../epilogue.js';
import { matMul } from './matMul.js';

/** Matrix product, bias and activation; tfjs's own adds the bias and clamps once for every 48 columns of `a`. */
export const fusedMatMul = defineKernel<_FusedMatMulInputs, _FusedMatMulAttrs>(
  _FusedMatMul,
  ({ inputs, attrs, engine }) => {
    const product = matMul(_FusedMatMul, engine, inputs.a, inputs.b, attrs.transposeA, attrs.transposeB);
    return applyEpilogue(_FusedMatMul, engine, product, { ...inputs, ...attrs });
  },
);
