import {
  MirrorPad,
  type MirrorPadAttrs,
  type MirrorPadInputs,
  PadV2,
  type PadV2Attrs,
  type PadV2Inputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { requireCounts, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { moveElements, stridesOf, targetOf } from './moveElements.js';

type Paddings = readonly (readonly [before: number, behind: number])[];

/** The shape of x with its margins. */
const padded = (x: TensorInfo, paddings: Paddings): number[] =>
  x.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);

/** Copies x between the margins of `out`. */
function place(engine: WasmEngine, x: TensorInfo, out: TensorInfo, paddings: Paddings): void {
  const [from, to] = [stridesOf(x.shape), stridesOf(out.shape)];
  const start = paddings.reduce((at, [before], axis) => at + before * to[axis]!, 0);
  moveElements(
    engine,
    x,
    out,
    x.shape.map((size, axis) => [size, from[axis]!, to[axis]!]),
    0,
    start,
  );
}

/** x with margins of one value. */
export const padV2 = /* @__PURE__ */ defineKernel<PadV2Inputs, PadV2Attrs>(
  PadV2,
  ({ inputs: { x }, attrs: { paddings, constantValue }, engine }) => {
    requireShape(PadV2, 'paddings', [x.shape.length], [paddings.length]);
    requireCounts(PadV2, 'paddings', paddings.flat());
    const out = targetOf(engine, padded(x, paddings), x.dtype);
    engine.typedArrayFromHeap(out).fill(constantValue);
    place(engine, x, out, paddings);
    return out;
  },
);

/** x with margins that mirror it, with (`symmetric`) or without (`reflect`) its outermost elements. */
export const mirrorPad = /* @__PURE__ */ defineKernel<MirrorPadInputs, MirrorPadAttrs>(
  MirrorPad,
  ({ inputs: { x }, attrs: { paddings, mode }, engine }) => {
    const shape = padded(x, paddings);
    const out = targetOf(engine, shape, x.dtype);
    place(engine, x, out, paddings);
    const strides = stridesOf(shape);
    const skipped = mode === 'reflect' ? 1 : 0;
    // From the last axis on: the margins of an axis are mirrored with those of the axes behind it.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const step = strides[axis]!;
      const corner = paddings.slice(0, axis).reduce((at, [before], i) => at + before * strides[i]!, 0);
      const [before, behind] = paddings[axis]!;
      const mirror = (size: number, from: number, to: number): void =>
        moveElements(
          engine,
          out,
          out,
          shape.map((all, i) =>
            i === axis ? [size, -step, step] : [i < axis ? x.shape[i]! : all, strides[i]!, strides[i]!],
          ),
          corner + from * step,
          corner + to * step,
        );
      mirror(before, 2 * before - 1 + skipped, 0);
      mirror(behind, before + x.shape[axis]! - 1 - skipped, before + x.shape[axis]!);
    }
    return out;
  },
);
