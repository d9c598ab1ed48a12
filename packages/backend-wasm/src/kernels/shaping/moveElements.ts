import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { bytesPerElement, computeStrides } from '../../generated/tfjsUtilities.js';

/** An axis along which elements are moved: its size, and how far the source and the target move along it, in elements. */
export type MovedAxis = readonly [size: number, from: number, to: number];

/** What is worth a thread: some 20 microseconds of copying. */
const LEAST_BYTES = 2 ** 17;
/** What an item should be, where there are runs enough. */
const ITEM_BYTES = 2 ** 13;

/** The strides of a shape, in elements, the innermost (1) too. */
export function stridesOf(shape: readonly number[]): number[] {
  return [...computeStrides([...shape]), 1].slice(-Math.max(1, shape.length));
}

/** A tensor for elements of any kind to be moved to; strings are objects, outside the heap. */
export function targetOf(engine: WasmEngine, shape: readonly number[], dtype: DataType): TensorInfo {
  return engine.makeOutput([...shape], dtype, null, dtype === 'string' ? [] : undefined);
}

/**
 * Copies elements of any width from one tensor to another, or within one: those from `fromAt` on, along `axes` (from the
 * outermost), to `toAt`. Runs that lie together in both are copied as runs.
 */
export function moveElements(
  engine: WasmEngine,
  x: TensorInfo,
  out: TensorInfo,
  axes: readonly MovedAxis[],
  fromAt = 0,
  toAt = 0,
): void {
  if (x.dtype === 'string') {
    const [source, target] = [x, out].map(({ dataId }) => engine.dataIdMap.get(dataId).stringBytes!);
    const walk = (axis: number, from: number, to: number): void => {
      const [size, fromStep, toStep] = axes[axis] ?? [1, 0, 0];
      for (let i = 0; i < size; i++) {
        if (axis < axes.length) walk(axis + 1, from + i * fromStep, to + i * toStep);
        else target![to] = source![from]!;
      }
    };
    walk(0, fromAt, toAt);
    return;
  }
  const width = bytesPerElement(x.dtype);
  const merged: [number, number, number][] = [];
  for (const [size, from, to] of axes) {
    if (size === 0) return;
    const before = merged.at(-1);
    if (before !== undefined && before[1] === from * size && before[2] === to * size) {
      merged[merged.length - 1] = [before[0] * size, from, to];
    } else if (size > 1) merged.push([size, from, to]);
  }
  const innermost = merged.at(-1);
  const run = innermost?.[1] === 1 && innermost[2] === 1 ? merged.pop()![0] : 1;
  if (merged.length === 0) merged.push([1, 0, 0]);
  const column = merged.findIndex(([, from]) => from === 1);
  // Rows of less than a vector gain nothing.
  const turned =
    width === 4 &&
    run === 1 &&
    column < merged.length - 1 &&
    (merged[column]?.[0] ?? 0) >= 4 &&
    merged.at(-1)![2] === 1;
  // A row of the target is a column of the source: the two axes go last.
  if (turned) merged.splice(-1, 0, ...merged.splice(column, 1));
  const geometry = engine.scratch(12 * merged.length);
  engine.putInts(
    geometry,
    merged.flatMap(([size, from, to]) => [size, from * width, to * width]),
  );
  const bytes = run * width;
  const along = merged.length - (turned ? 2 : 1);
  const block = turned ? 16 : Math.ceil(ITEM_BYTES / bytes);
  const items = merged.reduce((product, [size], axis) => product * (axis < along ? size : 1), 1);
  const grain = Math.ceil(LEAST_BYTES / (block * bytes * (turned ? merged.at(-1)![0] : 1)));
  const args = [
    geometry,
    merged.length,
    engine.offset(x) + fromAt * width,
    engine.offset(out) + toAt * width,
    ...(turned ? [] : [bytes, block]),
  ];
  engine.split(turned ? 'moveTurned' : 'moveRuns', args, items * Math.ceil(merged[along]![0] / block), grain);
}
