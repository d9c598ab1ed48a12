import {
  ClipByValue,
  type ClipByValueAttrs,
  type ClipByValueInputs,
  Relu6,
  type Relu6Inputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { defineKernel } from '../defineKernel.js';

function clamp(engine: WasmEngine, x: TensorInfo, low: number, high: number): TensorInfo {
  const out = engine.makeOutput(x.shape, x.dtype);
  const values = engine.typedArrayFromHeap(x);
  if (x.dtype === 'float32') engine.simd.clampF32(engine.offset(x), engine.offset(out), values.length, low, high);
  else engine.typedArrayFromHeap(out).set(values.map((value) => Math.min(Math.max(value, low), high)));
  return out;
}

/** tfjs's own two turn NaN into the lower bound, and so hide that a training has failed. */
export const clipByValue = defineKernel<ClipByValueInputs, ClipByValueAttrs>(
  ClipByValue,
  ({ inputs: { x }, attrs: { clipValueMin, clipValueMax }, engine }) => clamp(engine, x, clipValueMin, clipValueMax),
);

export const relu6 = defineKernel<Relu6Inputs, object>(Relu6, ({ inputs: { x }, engine }) => clamp(engine, x, 0, 6));
