import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { assertAndGetBroadcastShape, sizeFromShape } from '../../generated/tfjsUtilities.js';

/** What both attention kernels take. */
export interface AttentionInputs {
  readonly query: TensorInfo;
  readonly key: TensorInfo;
  readonly values: TensorInfo;
  readonly mask?: TensorInfo;
}

export interface AttentionAttrs {
  readonly causal: boolean;
  readonly scale: number;
  /** Tensors are `[batch, length, heads, depth]` rather than `[…, length, depth]`. */
  readonly headsAfterLength: boolean;
}

/** Where the heads of one call lie. */
export interface AttentionPlan {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** Address of the sizes, and of the offsets of each head. */
  readonly geometry: number;
  readonly offsets: number;
  /** Address of the scratch memory that was asked for. */
  readonly extra: number;
  readonly depths: readonly [key: number, value: number];
}

/** @param extraBytes Scratch memory that the kernel wants beside the plan, for a number of heads and keys. */
export function planAttention(
  engine: WasmEngine,
  { query, key, values, mask }: AttentionInputs,
  { headsAfterLength, causal }: AttentionAttrs,
  extraBytes: (heads: number, keys: number) => number = () => 0,
): AttentionPlan {
  const after = headsAfterLength ? query.shape[2]! : 1;
  const lengthAxis = headsAfterLength ? 1 : query.shape.length - 2;
  const [queries, keys] = [query.shape[lengthAxis]!, key.shape[lengthAxis]!];
  const outer = query.shape.slice(0, lengthAxis);
  const batch = headsAfterLength ? [...outer, after] : outer;
  const heads = sizeFromShape(batch);
  const [d, w] = [query, values].map(({ shape }) => shape[shape.length - 1]!) as [number, number];

  const own = Math.ceil((64 + 20 * heads) / 64) * 64;
  const geometry = engine.scratch(own + extraBytes(heads, keys));
  const offsets = geometry + 64;
  const scores = [...batch, queries, keys];
  const steps = mask === undefined ? scores.map(() => 0) : stepsOf(mask.shape, scores);
  const kind = mask === undefined ? 0 : mask.dtype === 'bool' ? 1 : 2;
  const rowBytes = [4 * d * after, 4 * w * after] as const;
  engine.putInts(geometry, [
    ...[queries, keys, d, w, ...rowBytes, Number(causal), kind],
    ...[steps[steps.length - 2]!, steps[steps.length - 1]!],
  ]);
  const places: number[] = [];
  for (let head = 0; head < heads; head++) {
    const [example, inner] = [Math.floor(head / after), head % after];
    const [queryAt, keyAt] = [queries, keys].map((length) => example * length * rowBytes[0] + inner * 4 * d);
    const [outAt, valueAt] = [queries, keys].map((length) => example * length * rowBytes[1] + inner * 4 * w);
    places.push(queryAt!, keyAt!, valueAt!, outAt!, indexOf(head, batch, steps));
  }
  engine.putInts(offsets, places);
  return { heads, queries, keys, geometry, offsets, extra: geometry + own, depths: [d, w] };
}

/** Elements from one position to the next along each axis of `to`, in a tensor that is broadcast to it. */
function stepsOf(shape: readonly number[], to: readonly number[]): number[] {
  assertAndGetBroadcastShape([...shape], [...to]);
  const lead = to.length - shape.length;
  let step = 1;
  const steps = to.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) steps[lead + axis] = step;
    step *= shape[axis]!;
  }
  return steps;
}

function indexOf(flat: number, shape: readonly number[], steps: readonly number[]): number {
  let [index, rest] = [0, flat];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index += (rest % shape[axis]!) * steps[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
