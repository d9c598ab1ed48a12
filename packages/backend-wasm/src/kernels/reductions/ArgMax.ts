import { requireSome } from '@espalier/core';
import { ArgMax, type ArgMaxAttrs, ArgMin, type KernelConfig, type UnaryInputs } from '@tensorflow/tfjs-core';
import { parseAxisParam, sizeFromShape } from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { planPass, SCRATCH } from './planPass.js';
import { turnFor } from './reduceOver.js';

/** The first place of the largest or smallest element along an axis, or of the first NaN. */
function place(kernel: string): KernelConfig {
  return defineKernel<UnaryInputs, ArgMaxAttrs>(kernel, ({ inputs: { x }, attrs, engine }) => {
    const axis = parseAxisParam(attrs.axis, x.shape)[0]!;
    requireSome(kernel, x.shape, [axis]);
    const [before, behind] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
    const [count, inner] = [x.shape[axis]!, sizeFromShape(behind)];
    const numbers = castTo(engine, x, x.dtype === 'bool' ? 'int32' : x.dtype);
    const whole = Number(numbers.dtype === 'int32');
    const turn = turnFor(kernel === ArgMin, numbers.dtype);
    const from = engine.offset(numbers);
    const out = engine.makeOutput([...before, ...behind], 'int32');
    const to = engine.offset(out);
    if (count === 0) engine.typedArrayFromHeap(out).fill(0);
    else {
      const outer = sizeFromShape(before);
      const { blocks, chunks, items, grain } = planPass(outer, count, inner, 4);
      const partial = blocks > 1 ? outer * blocks * inner * 4 : 0;
      const best = partial && engine.scratch(2 * partial);
      const places = partial ? best + partial : to;
      engine.split('argReduce', [whole, from, best, places, count, inner, blocks, chunks, turn], items, grain, SCRATCH);
      if (blocks > 1) engine.simd.combinePlaces(whole, best, places, to, outer, blocks, inner);
    }
    engine.disposeData(numbers.dataId);
    return out;
  });
}

export const argMax = /* @__PURE__ */ place(ArgMax);
export const argMin = /* @__PURE__ */ place(ArgMin);
