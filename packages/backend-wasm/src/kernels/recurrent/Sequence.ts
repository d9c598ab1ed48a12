import { ShapeError } from '@espalier/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernels } from '../../engine/SimdKernels.js';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32, requireShape } from '../checks.js';
import { segmentSum } from '../indexing/segmentSum.js';
import { gemm, matrixAt } from '../matmul/gemm.js';
import { reduceOver } from '../reductions/reduceOver.js';
import { moveElements } from '../shaping/moveElements.js';

/** How a recurrent kernel reads its sequence, and what it answers with. */
export interface SequenceAttrs {
  /** From the last time step to the first; outputs come in the order of reading. */
  readonly goBackwards: boolean;
  /** The output of every step, or of the last alone. */
  readonly returnSequences: boolean;
  /** The final states, as rows behind the outputs. */
  readonly returnState: boolean;
  /** Of a plain network; others have their own. */
  readonly activation?: string;
}

/** What every recurrent kernel takes. */
export interface SequenceInputs {
  /** `[batch, time, features]` */
  readonly x: TensorInfo;
  /** `[features, gates · units]` */
  readonly kernel: TensorInfo;
  /** `[units, gates · units]` */
  readonly recurrentKernel: TensorInfo;
  readonly bias?: TensorInfo;
  /** `[batch, time]` of dtype bool: the steps that count. */
  readonly mask?: TensorInfo;
  /** `[batch, units]`; zeros where it is absent. */
  readonly hidden?: TensorInfo;
}

/**
 * The rows of x with time first, as a product wants them. Where most of them repeat (words, one-hot codes, padding), each
 * different one is there once, and `index` `[time, batch]` names the row of each place.
 */
export interface Rows {
  /** `[rows, features]`; x itself where nothing need be moved. */
  readonly rows: TensorInfo;
  readonly index?: TensorInfo | undefined;
}

/** Rows of fewer features cost less to compute than to compare. */
const LEAST_FEATURES_TO_COMPARE = 16;
const LEAST_PLACES = 64;
/** Blocks that read the recurrent kernel together; see assembly/recurrent.ts. */
const BLOCKS_TOGETHER = 4;

/** The kernel of a recurrent layer with its sizes, and the pieces of work that all of them share. */
export class Sequence {
  readonly batch: number;
  readonly time: number;
  readonly features: number;
  readonly units: number;
  /** The units with padding, up to a multiple of eight: tensors inside have so many. */
  readonly wide: number;
  /** How the compiled kernels are told the attributes. */
  readonly options: number;
  /** Blocks of four rows: what the recurrence is split by. */
  readonly blocks: number;
  readonly #width: number;

  constructor(
    kernelName: string,
    readonly engine: WasmEngine,
    readonly inputs: SequenceInputs,
    readonly attrs: SequenceAttrs,
    readonly gates: number,
    /** Rows of the bias, where it has such. */
    biasRows: readonly number[] = [],
  ) {
    const { x, kernel, recurrentKernel, hidden, mask, bias } = inputs;
    requireFloat32(kernelName, { x, kernel, recurrentKernel, bias, hidden });
    const [batch = 0, time = 0, features = 0] = x.shape;
    this.units = recurrentKernel.shape[0] as number;
    [this.batch, this.time, this.features] = [batch, time, features];
    this.blocks = Math.ceil(batch / 4);
    this.wide = Math.ceil(this.units / 8) * 8;
    this.#width = gates * this.wide;
    requireShape(kernelName, 'kernel', [features, gates * this.units], kernel.shape);
    requireShape(kernelName, 'recurrentKernel', [this.units, gates * this.units], recurrentKernel.shape);
    if (bias !== undefined) requireShape(kernelName, 'bias', [...biasRows, gates * this.units], bias.shape);
    if (hidden !== undefined) requireShape(kernelName, 'hidden', [batch, this.units], hidden.shape);
    if (mask !== undefined) requireShape(kernelName, 'mask', [batch, time], mask.shape);
    if (x.shape.length !== 3 || time === 0 || (mask !== undefined && mask.dtype !== 'bool')) {
      throw new ShapeError({
        where: kernelName,
        problem: 'a sequence needs steps, and a mask of dtype bool',
        expected: 'x [batch, time, features] with time of at least 1',
        got: `x [${x.shape}]${mask === undefined ? '' : `, mask of dtype ${mask.dtype}`}`,
      });
    }
    this.options = (attrs.goBackwards ? 1 : 0) + (attrs.returnSequences ? 2 : 0) + (attrs.returnState ? 4 : 0);
    if (attrs.activation === 'relu') this.options += 8;
  }

  /** A tensor for `[time, batch, width]`. */
  perStep(width: number): TensorInfo {
    return this.engine.makeOutput([this.time, this.batch, width], 'float32');
  }

  /** A tensor for the outputs and, where they are asked for, the final states behind them. */
  value(states: number): TensorInfo {
    const { returnSequences, returnState } = this.attrs;
    const rows = (returnSequences ? this.time : 1) + (returnState ? states : 0);
    const shape = returnSequences || returnState ? [this.batch, rows, this.units] : [this.batch, this.units];
    return this.engine.makeOutput(shape, 'float32');
  }

  /** The address of a tensor, 0 for none. */
  at(tensor: TensorInfo | undefined): number {
    return tensor === undefined ? 0 : this.engine.offset(tensor);
  }

  /** The rows of x, of which at most half are kept where the others repeat them. */
  read(): Rows {
    const { engine, batch, time, features } = this;
    const { x } = this.inputs;
    const places = batch * time;
    if (features >= LEAST_FEATURES_TO_COMPARE && places >= LEAST_PLACES) {
      const most = places >> 1;
      const bits = Math.ceil(Math.log2(places)) + 1;
      const index = engine.makeOutput([time, batch], 'int32');
      const slots = engine.scratch(8 << bits);
      // Last, since nothing else gives it back where memory ends.
      const rowsAt = engine.allocate(most * features * 4, 'the different rows of a sequence');
      const to = [rowsAt, this.at(index), most, slots, bits] as const;
      const found = engine.simd.distinctRows(this.at(x), batch, time, features, ...to);
      if (found >= 0) return { rows: engine.makeOutput([found, features], 'float32', rowsAt), index };
      engine.disposeData(index.dataId);
      engine.blocks.give(rowsAt);
    }
    if (batch === 1 || time === 1) return { rows: x };
    const rows = engine.makeOutput([places, features], 'float32');
    this.#turn(x, rows, time, batch);
    return { rows };
  }

  /** What {@link read} made, to be kept for {@link rowsKept}. */
  kept({ rows, index }: Rows): TensorInfo[] {
    return index === undefined ? (rows === this.inputs.x ? [] : [rows]) : [rows, index];
  }

  /** What {@link read} gave, from what of it was kept. */
  rowsKept(rows: TensorInfo | undefined, index: TensorInfo | undefined): Rows {
    return { rows: rows ?? this.inputs.x, index };
  }

  /** `rows · kernel + bias` in one product, gates interleaved. */
  project({ rows }: Rows): TensorInfo {
    const { bias } = this.inputs;
    const count = sizeFromShape(rows.shape) / this.features;
    const projected = this.engine.makeOutput([count, this.#width], 'float32');
    const kernel = this.#interleavedKernel(1);
    const biasAt = bias === undefined ? 0 : kernel + this.features * this.#width * 4;
    if (biasAt) this.engine.simd.interleaveGates(1, this.units, this.gates, this.at(bias), biasAt);
    const sizes = [count, this.#width, this.features] as const;
    const product = [matrixAt(this.at(rows), this.features), matrixAt(kernel, this.#width)] as const;
    gemm(this.engine, sizes, ...product, this.at(projected), { bias: biasAt });
    return projected;
  }

  /** A tensor for the gates: the memory of the projection where there is a row of it for every place. */
  gatesFrom(projected: TensorInfo, { index }: Rows): TensorInfo {
    return index === undefined ? projected : this.perStep(this.#width);
  }

  /**
   * Runs a recurrence over the blocks of the batch; `args` are those behind the packed recurrent kernel, tensors for their
   * addresses.
   * @param back Whether it multiplies by the transpose.
   * @param parts How many gates are packed together; default all. Those of the next part are packed behind.
   */
  run(
    kernel: keyof SimdKernels,
    args: readonly (TensorInfo | number | undefined)[],
    back = false,
    parts: readonly number[] = [this.gates],
  ): void {
    const { engine, units, gates } = this;
    const { simd } = engine;
    const packedBytes = simd.recurrentPackedBytes(units, gates);
    const packed = engine.scratch(packedBytes + units * gates * units * 4);
    const columns = packed + packedBytes;
    const pack = back ? simd.packRecurrentBack : simd.packRecurrent;
    let [from, to] = [this.at(this.inputs.recurrentKernel), packed];
    for (const part of parts) {
      const bytes = part * units * 4;
      if (part !== gates) simd.copyRows(from, gates * units * 4, columns, bytes, bytes, 0, units, 0);
      pack(part === gates ? from : columns, units, part, to);
      from += bytes;
      to += simd.recurrentPackedBytes(units, part);
    }
    const head = [this.batch, this.time, units, this.options, packed];
    const bytes = simd.recurrentScratch(units, gates);
    const tensors = args.map((tensor) => (typeof tensor === 'number' ? tensor : this.at(tensor)));
    const grain = Math.min(BLOCKS_TOGETHER, Math.ceil(this.blocks / engine.threads));
    engine.split(kernel, [...head, ...tensors], this.blocks, grain, bytes);
  }

  /** The gradient of x, where `dz` is that of `x · kernel`. */
  inputGradient(dz: TensorInfo): TensorInfo {
    const { engine, batch, time, features } = this;
    const kernel = matrixAt(this.#interleavedKernel(), this.#width, true);
    const sizes = [batch * time, features, this.#width] as const;
    const out = engine.makeOutput([batch, time, features], 'float32');
    const turns = batch > 1 && time > 1;
    const product = turns ? this.perStep(features) : out;
    gemm(engine, sizes, matrixAt(this.at(dz), this.#width), kernel, this.at(product));
    if (turns) {
      this.#turn(product, out, batch, time);
      engine.disposeData(product.dataId);
    }
    return out;
  }

  /** The gradient of the kernel: of rows that stand for several places, `dz` is added up first. */
  kernelGradient(dz: TensorInfo, { rows, index }: Rows): TensorInfo {
    if (index === undefined) return this.#productOverTime(rows, this.features, dz, this.batch * this.time);
    const { engine } = this;
    const count = rows.shape[0] as number;
    const sums = engine.makeOutput([count, this.#width], 'float32');
    segmentSum(engine, dz, index, sums);
    const gradient = this.#productOverTime(rows, this.features, sums, count);
    engine.disposeData(sums.dataId);
    return gradient;
  }

  /** The gradient of the recurrent kernel, where `dz` is that of `hiddens · recurrentKernel`. */
  recurrentGradient(dz: TensorInfo, hiddens: TensorInfo): TensorInfo {
    return this.#productOverTime(hiddens, this.units, dz, this.batch * this.time);
  }

  /** Puts `rowsᵀ · dz`, where `dz` `[time, batch, padded units]` is that of the last gate, in its place in a recurrent gradient. */
  replaceLastGate(gradient: TensorInfo, dz: TensorInfo, rows: TensorInfo): void {
    const { engine, units, gates, wide } = this;
    const product = engine.scratch(units * wide * 4);
    const left = matrixAt(this.at(rows), wide, true);
    gemm(engine, [units, wide, this.batch * this.time], left, matrixAt(this.at(dz), wide), product);
    const row = gates * units * 4;
    const column = this.at(gradient) + row - units * 4;
    engine.simd.copyRows(product, wide * 4, column, row, units * 4, 0, units, 0);
  }

  /** The gradient of a bias, one for each of the last axes of `sums`, which holds a part of it for each block. */
  biasGradient(sums: TensorInfo): TensorInfo {
    const { engine, gates, units } = this;
    const wide = reduceOver(engine, 'sum', sums, [0], false);
    const out = this.#separated(this.at(wide), [...wide.shape.slice(0, -1), gates * units]);
    engine.disposeData(wide.dataId);
    return out;
  }

  /** `rowsᵀ · dz`, of the first `size` values of each of `count` rows. */
  #productOverTime(rows: TensorInfo, size: number, dz: TensorInfo, count: number): TensorInfo {
    const wide = this.engine.scratch(size * this.#width * 4);
    const left = matrixAt(this.at(rows), rows.shape.at(-1) as number, true);
    gemm(this.engine, [size, this.#width, count], left, matrixAt(this.at(dz), this.#width), wide);
    return this.#separated(wide, [size, this.gates * this.units]);
  }

  /** Copies rows of features from `[inner, outer]` to `[outer, inner]`. */
  #turn(from: TensorInfo, to: TensorInfo, outer: number, inner: number): void {
    const { engine, features } = this;
    moveElements(engine, from, to, [
      [outer, features, inner * features],
      [inner, outer * features, features],
      [features, 1, 1],
    ]);
  }

  /** The kernel as the recurrence wants gates, in scratch memory, with room for some rows behind it. */
  #interleavedKernel(more = 0): number {
    const { engine, features, units, gates } = this;
    const at = engine.scratch((features + more) * this.#width * 4);
    engine.simd.interleaveGates(features, units, gates, this.at(this.inputs.kernel), at);
    return at;
  }

  /** A tensor for the gates of each row, no longer interleaved. */
  #separated(wide: number, shape: number[]): TensorInfo {
    const { engine, units, gates } = this;
    const out = engine.makeOutput(shape, 'float32');
    const rows = sizeFromShape(shape.slice(0, -1));
    engine.simd.separateGates(rows, units, gates, wide, this.at(out));
    return out;
  }
}
