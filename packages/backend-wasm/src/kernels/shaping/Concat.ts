import { Concat, type ConcatAttrs, Pack, type PackAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import {
  assertParamsConsistent,
  assertShapesMatch,
  computeOutShape,
  parseAxisParam,
  sizeFromShape,
} from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { moveElements, targetOf } from './moveElements.js';

/** Puts tensors behind each other along an axis of the result, whose type is that of the first of them. */
function joined(engine: WasmEngine, parts: readonly TensorInfo[], axis: number, shape: readonly number[]): TensorInfo {
  const { dtype } = parts[0]!;
  const out = targetOf(engine, shape, dtype);
  const rows = sizeFromShape(shape.slice(0, axis));
  const stride = sizeFromShape(shape.slice(axis));
  let at = 0;
  for (const part of parts) {
    const run = sizeFromShape(part.shape) / rows;
    if (run > 0) {
      const values = castTo(engine, part, dtype);
      const axes = [
        [rows, run, stride],
        [run, 1, 1],
      ] as const;
      moveElements(engine, values, out, axes, 0, at);
      engine.disposeData(values.dataId);
    }
    at += run;
  }
  return out;
}

/** Tensors behind each other along an axis that they have. */
export const concat = /* @__PURE__ */ defineKernel<TensorInfo[], ConcatAttrs>(Concat, ({ inputs, attrs, engine }) => {
  const parts = inputs as readonly TensorInfo[];
  const shapes = parts.map(({ shape }) => shape);
  const axis = parseAxisParam(attrs.axis, shapes[0]!)[0]!;
  assertParamsConsistent(shapes, axis);
  return joined(engine, parts, axis, computeOutShape(shapes, axis));
});

/** Tensors beside each other along a new axis. */
export const pack = /* @__PURE__ */ defineKernel<TensorInfo[], PackAttrs>(
  Pack,
  ({ inputs, attrs: { axis }, engine }) => {
    const parts = inputs as readonly TensorInfo[];
    for (const { shape } of parts) assertShapesMatch(shape, parts[0]!.shape, 'All tensors passed to stack must match');
    const at = axis < 0 ? axis + parts[0]!.shape.length + 1 : axis;
    return joined(engine, parts, at, parts[0]!.shape.toSpliced(at, 0, parts.length));
  },
);
