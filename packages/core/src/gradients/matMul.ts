import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { matMul as multiply, reshape } from './kernels.js';
import { product, unbroadcast } from './shapes.js';

interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** All but the last axis taken together: a batch of matrices as one tall matrix. */
const tall = (x: Tensor): Tensor => reshape(x, [product(x.shape.slice(0, -1)), x.shape[x.rank - 1]!]);

/**
 * Products of batches of matrices. For y = a b: da = dy bᵀ and db = aᵀ dy; a transposed operand gets the transpose of
 * that, asked of the product rather than made. A batch that was broadcast is summed, and one matrix shared by a whole
 * batch (a dense layer on sequences) gets its gradient from one tall product, which sums as it goes.
 */
export const matMul = (): Gradient[] => [
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc(dy: Tensor, [a, b]: [Tensor, Tensor], { transposeA, transposeB }: MatMulAttrs) {
      const sharedB = !transposeA && a.rank > 2 && product(b.shape.slice(0, -2)) === 1;
      const of = (x: Tensor): Tensor => (sharedB ? tall(x) : x);
      const shared = sharedB ? reshape(b, b.shape.slice(-2)) : b;
      return {
        a: () => {
          const da = transposeA ? multiply(b, dy, transposeB, true) : multiply(of(dy), shared, false, !transposeB);
          return sharedB ? reshape(da, a.shape) : unbroadcast(da, a.shape);
        },
        b: () => {
          const db = transposeB
            ? multiply(of(dy), of(a), true, transposeA)
            : multiply(of(a), of(dy), !transposeA, false);
          return sharedB ? reshape(db, b.shape) : unbroadcast(db, b.shape);
        },
      };
    },
  },
];
