import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';

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

const roundUp = (depth: number) => Math.ceil(depth / 8) * 8;
const depthOf = ({ shape }: TensorInfo) => shape[shape.length - 1]!;

/** Where the tensors of one call lie: with depths that are multiples of 8, in copies in scratch memory where they must. */
export class AttentionPlan {
  readonly heads: number;
  readonly queries: number;
  /** Address of the sizes, and of the offsets of each head. */
  readonly geometry: number;
  readonly offsets: number;
  readonly depths: readonly [key: number, value: number];
  readonly #engine: WasmEngine;
  #free: number;

  /** @param padded What will be read or written through {@link input} and {@link output}. */
  constructor(
    engine: WasmEngine,
    { query, key, values, mask }: AttentionInputs,
    attrs: AttentionAttrs,
    padded: readonly TensorInfo[],
  ) {
    this.#engine = engine;
    const after = attrs.headsAfterLength ? query.shape[2]! : 1;
    const lengthAxis = attrs.headsAfterLength ? 1 : query.shape.length - 2;
    const [queries, keys] = [query.shape[lengthAxis]!, key.shape[lengthAxis]!];
    const outer = query.shape.slice(0, lengthAxis);
    const batch = attrs.headsAfterLength ? [...outer, after] : outer;
    this.queries = queries;
    this.heads = util.sizeFromShape(batch);
    const [d, w] = [roundUp(depthOf(query)), roundUp(depthOf(values))];
    this.depths = [d, w];

    const room = padded.reduce((bytes, tensor) => bytes + copyBytes(tensor), 0);
    this.geometry = engine.scratch(64 + 20 * this.heads + 16 + room);
    this.offsets = this.geometry + 64;
    this.#free = Math.ceil((this.offsets + 20 * this.heads) / 16) * 16;

    const scores = [...batch, queries, keys];
    const steps = mask === undefined ? scores.map(() => 0) : stepsOf(mask.shape, scores);
    const kind = mask === undefined ? 0 : mask.dtype === 'bool' ? 1 : 2;
    const rowBytes = [4 * d * after, 4 * w * after] as const;
    engine.putInts(this.geometry, [
      ...[queries, keys, d, w, ...rowBytes, Number(attrs.causal), kind],
      ...[steps[steps.length - 2]!, steps[steps.length - 1]!],
    ]);
    const places: number[] = [];
    for (let head = 0; head < this.heads; head++) {
      const [example, inner] = [Math.floor(head / after), head % after];
      const [queryAt, keyAt] = [queries, keys].map((length) => example * length * rowBytes[0] + inner * 4 * d);
      const [outAt, valueAt] = [queries, keys].map((length) => example * length * rowBytes[1] + inner * 4 * w);
      places.push(queryAt!, keyAt!, valueAt!, outAt!, indexOf(head, batch, steps));
    }
    engine.putInts(this.offsets, places);
  }

  /** The address of a tensor's values. */
  input(tensor: TensorInfo): number {
    const at = this.#engine.offset(tensor);
    const depth = depthOf(tensor);
    if (depth % 8 === 0) return at;
    const copy = this.output(tensor);
    this.#engine.heap.fill(0, copy, copy + copyBytes(tensor));
    this.#engine.simd.copyRows(at, 4 * depth, copy, 4 * roundUp(depth), 4 * depth, 0, rowsOf(tensor), 0);
    return copy;
  }

  /** The address that a result is written to; {@link finish} brings it to its tensor. */
  output(tensor: TensorInfo): number {
    if (depthOf(tensor) % 8 === 0) return this.#engine.offset(tensor);
    const at = this.#free;
    this.#free += copyBytes(tensor);
    return at;
  }

  finish(tensor: TensorInfo, from: number): void {
    const depth = depthOf(tensor);
    if (depth % 8 === 0) return;
    this.#engine.simd.copyRows(
      from,
      4 * roundUp(depth),
      this.#engine.offset(tensor),
      4 * depth,
      4 * depth,
      0,
      rowsOf(tensor),
      0,
    );
  }
}

const rowsOf = (tensor: TensorInfo) => util.sizeFromShape(tensor.shape.slice(0, -1));

function copyBytes(tensor: TensorInfo): number {
  return depthOf(tensor) % 8 === 0 ? 0 : 4 * rowsOf(tensor) * roundUp(depthOf(tensor));
}

/** Elements from one position to the next along each axis of `to`, in a tensor that is broadcast to it. */
function stepsOf(shape: readonly number[], to: readonly number[]): number[] {
  broadcast_util.assertAndGetBroadcastShape([...shape], [...to]);
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
