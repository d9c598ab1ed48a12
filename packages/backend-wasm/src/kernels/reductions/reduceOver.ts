import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { planPass, SCRATCH } from './planPass.js';

/** The numbers of `assembly/join.ts` for float32, and what is left where there is nothing to reduce. */
const OPS = {
  sum: { code: 0, nothing: 0 },
  prod: { code: 1, nothing: 1 },
  max: { code: 2, nothing: Number.NaN },
  min: { code: 2, nothing: Number.NaN },
} as const;
const TYPES: readonly string[] = ['float32', 'int32', 'bool'];

/** What turns the order of numbers around: their sign bit, of integers all bits. */
export function turnFor(smallest: boolean, dtype: string): number {
  if (!smallest) return 0;
  return dtype === 'float32' ? 0x80000000 : -1;
}

/**
 * x reduced over `axes`, which stay as sizes of 1 if `keepDims` is set. The type stays; sums and products of float32 are
 * divided by `divisor`. The extremes of nothing are `nothing`: NaN by default, or 0 where there is none.
 */
export function reduceOver(
  engine: WasmEngine,
  op: keyof typeof OPS,
  x: TensorInfo,
  axes: readonly number[],
  keepDims: boolean,
  divisor = 1,
  nothing: number = OPS[op].nothing,
): TensorInfo {
  const sorted = [...axes].sort((a, b) => a - b);
  let current = x;
  // Neighbouring axes are one pass over memory, the last ones first; without any axis there is one too.
  for (let high = sorted.length - 1; high >= 0 || current === x; ) {
    const last = sorted[high] ?? -1;
    while (high > 0 && sorted[high - 1] === sorted[high]! - 1) high--;
    const first = sorted[high--] ?? 0;
    const sizes: [outer: number, count: number, inner: number] = [1, 1, 1];
    const shape = [...current.shape];
    for (const [axis, size] of current.shape.entries()) {
      if (axis < first) sizes[0] *= size;
      else if (axis > last) sizes[2] *= size;
      else {
        sizes[1] *= size;
        shape[axis] = 1;
      }
    }
    const from = engine.offset(current);
    const out = engine.makeOutput(shape, x.dtype);
    runPass(engine, op, x.dtype, from, out, sizes, high < 0 ? 1 / divisor : 1, nothing);
    if (current !== x) engine.disposeData(current.dataId);
    current = out;
  }
  if (!keepDims) current.shape = current.shape.filter((_, axis) => !sorted.includes(axis));
  return current;
}

function runPass(
  engine: WasmEngine,
  op: keyof typeof OPS,
  dtype: string,
  from: number,
  out: TensorInfo,
  [outer, count, inner]: readonly [number, number, number],
  scale: number,
  nothing: number,
): void {
  const { code } = OPS[op];
  if (count === 0) {
    engine.typedArrayFromHeap(out).fill(nothing * scale);
    return;
  }
  const wide = dtype === 'float32' && code < OPS.max.code;
  const bytes = dtype === 'bool' ? 1 : 4;
  const { blocks, chunks, items, grain } = planPass(outer, count, inner, bytes);
  const partial = blocks > 1 ? engine.scratch(outer * blocks * inner * (wide ? 8 : bytes)) : 0;
  const to = engine.offset(out);
  const kind = code + 3 * TYPES.indexOf(dtype);
  const turn = turnFor(op === 'min', dtype);
  engine.split('reduce', [kind, from, partial || to, count, inner, blocks, chunks, scale, turn], items, grain, SCRATCH);
  if (blocks === 1) return;
  if (wide) engine.simd.combineBlocks(code, partial, to, outer, blocks, inner, scale);
  else {
    const rest = outer * chunks;
    engine.split('reduce', [kind, partial, to, blocks, inner, 1, chunks, scale, turn], rest, rest, SCRATCH);
  }
}
