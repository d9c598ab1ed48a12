import { BackendError, toInt32 } from '@espalier/core';
import { Cast, type CastAttrs, type CastInputs, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { defineKernel } from '../defineKernel.js';

/** x as `dtype`: numbers lose their fraction towards int32, of which those that do not fit become the smallest, and whatever is not 0 becomes true. The caller owns the result. */
export function castTo(engine: WasmEngine, x: TensorInfo, dtype: DataType): TensorInfo {
  if (x.dtype === dtype) {
    engine.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype };
  }
  if (x.dtype === 'string' || dtype === 'string') {
    throw new BackendError({ where: Cast, problem: 'strings cannot be cast', expected: dtype, got: x.dtype });
  }
  const out = engine.makeOutput(x.shape, dtype);
  // In this order: x may come from another backend, which moves the heap.
  const from = engine.typedArrayFromHeap(x);
  const to = engine.typedArrayFromHeap(out);
  if (dtype === 'bool') for (let i = 0; i < from.length; i++) to[i] = from[i] === 0 ? 0 : 1;
  else if (dtype === 'int32' && x.dtype === 'float32') for (let i = 0; i < from.length; i++) to[i] = toInt32(from[i]!);
  else to.set(from);
  return out;
}

/** tfjs's own keeps the low byte of a number's integer part as a bool. */
export const cast = /* @__PURE__ */ defineKernel<CastInputs, CastAttrs>(
  Cast,
  ({ inputs: { x }, attrs: { dtype }, engine }) => castTo(engine, x, dtype),
);
