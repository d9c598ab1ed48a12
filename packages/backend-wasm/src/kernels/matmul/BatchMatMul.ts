import { BatchMatMul, type BatchMatMulAttrs, type BatchMatMulInputs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { matMul } from './matMul.js';

/** The largest size of integers. */
function most(engine: WasmEngine, x: TensorInfo): number {
  let size = 0;
  for (const value of engine.typedArrayFromHeap(x) as Int32Array) size = Math.max(size, Math.abs(value));
  return size;
}

/**
 * Matrix product; tfjs's own keeps packed weights by tensor, so it misses changes in place, and is slow where transposed.
 * Integers are multiplied as floats where no sum is beyond 2^24, up to where float32 holds all of them, else refused.
 */
export const batchMatMul = /* @__PURE__ */ defineKernel<BatchMatMulInputs, BatchMatMulAttrs>(
  BatchMatMul,
  ({ inputs: { a, b }, attrs: { transposeA, transposeB }, engine }) => {
    const run = (x: TensorInfo, y: TensorInfo) => matMul(BatchMatMul, engine, x, y, transposeA, transposeB);
    const integers = a.dtype === 'int32' && b.dtype === 'int32';
    if (!integers || most(engine, a) * most(engine, b) * a.shape.at(transposeA ? -2 : -1)! > 2 ** 24) return run(a, b);
    const [x, y] = [castTo(engine, a, 'float32'), castTo(engine, b, 'float32')];
    const product = run(x, y);
    const out = castTo(engine, product, 'int32');
    for (const { dataId } of [x, y, product]) engine.disposeData(dataId);
    return out;
  },
);
