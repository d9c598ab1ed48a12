import { BackendError } from '@espalier/core';
import { BatchMatMul, type BatchMatMulAttrs, type BatchMatMulInputs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { matMul } from './matMul.js';

/** Up to here float32 holds all whole numbers. */
const MOST = 2 ** 24;

/** The integers as floats, where no sum of `depth` of their products can be beyond what is exact. */
function exactFloats(engine: WasmEngine, operands: readonly TensorInfo[], depth: number): TensorInfo[] {
  const bound = operands.reduce((product, x) => {
    let most = 0;
    for (const value of engine.typedArrayFromHeap(x) as Int32Array) most = Math.max(most, Math.abs(value));
    return product * most;
  }, depth);
  if (bound > MOST) {
    throw new BackendError({
      where: BatchMatMul,
      problem: 'these integers are too large: the WASM engine computes products in float32',
      expected: `sums of up to ${MOST}`,
      got: `up to ${bound}`,
      mend: "cast them to 'float32' first, if rounded results will do",
    });
  }
  return operands.map((x) => castTo(engine, x, 'float32'));
}

/** Matrix product; tfjs's own keeps packed weights by tensor, so it misses changes in place, and is slow where transposed. */
export const batchMatMul = /* @__PURE__ */ defineKernel<BatchMatMulInputs, BatchMatMulAttrs>(
  BatchMatMul,
  ({ inputs: { a, b }, attrs: { transposeA, transposeB }, engine }) => {
    if (a.dtype !== 'int32' || b.dtype !== 'int32') return matMul(BatchMatMul, engine, a, b, transposeA, transposeB);
    const floats = exactFloats(engine, [a, b], a.shape.at(transposeA ? -2 : -1)!);
    const product = matMul(BatchMatMul, engine, floats[0]!, floats[1]!, transposeA, transposeB);
    const out = castTo(engine, product, 'int32');
    for (const { dataId } of [...floats, product]) engine.disposeData(dataId);
    return out;
  },
);
