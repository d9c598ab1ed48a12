import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { moveElements, stridesOf, targetOf } from '../shaping/moveElements.js';

/** Copies the box that starts at `begin` and has the given size out of a tensor, into a new one of `shape`. */
export function copyBox(
  engine: WasmEngine,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
  shape: readonly number[] = size,
): TensorInfo {
  const out = targetOf(engine, shape, x.dtype);
  const [strides, steps] = [stridesOf(x.shape), stridesOf(size)];
  const start = begin.reduce((at, first, axis) => at + first * strides[axis]!, 0);
  moveElements(
    engine,
    x,
    out,
    size.map((length, axis) => [length, strides[axis]!, steps[axis]!]),
    start,
  );
  return out;
}
