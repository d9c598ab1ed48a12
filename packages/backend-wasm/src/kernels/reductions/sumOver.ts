import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';

/** Groups sorted axes into runs of neighbours, the last run first: each is one pass over memory. */
function runsOf(axes: readonly number[]): (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const axis of axes) {
    const run = runs[runs.length - 1];
    if (run !== undefined && run[1] === axis - 1) run[1] = axis;
    else runs.push([axis, axis]);
  }
  return runs.reverse();
}

/** The sum over `axes`, divided by `divisor` where x is float32. The axes stay as sizes of 1 if `keepDims` is set. */
export function sumOver(
  engine: WasmEngine,
  x: TensorInfo,
  axes: readonly number[],
  keepDims: boolean,
  divisor = 1,
): TensorInfo {
  const sorted = [...axes].sort((a, b) => a - b);
  let current = x;
  for (const [first, last] of sorted.length === 0 ? [[0, -1] as const] : runsOf(sorted)) {
    const outer = util.sizeFromShape(current.shape.slice(0, first));
    const count = util.sizeFromShape(current.shape.slice(first, last + 1));
    const inner = util.sizeFromShape(current.shape.slice(last + 1));
    const shape = current.shape.map((size, axis) => (axis >= first && axis <= last ? 1 : size));
    const out = engine.makeOutput(shape, x.dtype);
    const [from, to] = [engine.offset(current), engine.offset(out)];
    if (x.dtype === 'float32') engine.simd.sumF32(from, to, outer, count, inner, current === x ? divisor : 1);
    else engine.simd.sumI32(from, to, outer, count, inner);
    if (current !== x) engine.disposeData(current.dataId);
    current = out;
  }
  return { ...current, shape: keepDims ? current.shape : current.shape.filter((_, axis) => !sorted.includes(axis)) };
}
