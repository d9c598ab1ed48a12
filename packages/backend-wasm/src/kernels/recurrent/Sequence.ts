import { ShapeError } from '@espalier/core';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdKernels } from '../../engine/SimdKernels.js';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { requireFloat32, requireShape } from '../checks.js';
import { gemm, matrixAt } from '../matmul/gemm.js';
import { sumOver } from '../reductions/sumOver.js';

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

  /** A tensor for `[batch, time, width]`. */
  perStep(width: number): TensorInfo {
    return this.engine.makeOutput([this.batch, this.time, width], 'float32');
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

  /** `x · kernel + bias` for all steps in one product, gates interleaved; the compiled kernels turn it into the gates. */
  project(): TensorInfo {
    const { x, bias } = this.inputs;
    const gates = this.perStep(this.#width);
    const kernel = this.#interleavedKernel(1);
    const biasAt = bias === undefined ? 0 : kernel + this.features * this.#width * 4;
    if (biasAt) this.engine.simd.interleaveGates(1, this.units, this.gates, this.at(bias), biasAt);
    const sizes = [this.batch * this.time, this.#width, this.features] as const;
    const product = [matrixAt(this.at(x), this.features), matrixAt(kernel, this.#width)] as const;
    gemm(this.engine, sizes, ...product, this.at(gates), { bias: biasAt });
    return gates;
  }

  /**
   * Runs a recurrence over the blocks of the batch; `args` is made with the address of the packed recurrent kernel.
   * @param back Whether it multiplies by the transpose.
   */
  run(kernel: keyof SimdKernels, args: (packed: number) => readonly number[], back = false): void {
    const { engine, units, gates } = this;
    const packed = engine.scratch(engine.simd.recurrentPackedBytes(units, gates));
    const pack = back ? engine.simd.packRecurrentBack : engine.simd.packRecurrent;
    pack(this.at(this.inputs.recurrentKernel), units, gates, packed);
    const head = [this.batch, this.time, units, this.options];
    const bytes = engine.simd.recurrentScratch(units, gates);
    engine.split(kernel, [...head, ...args(packed)], this.blocks, 1, bytes);
  }

  /** The gradient of x, where `dz` is that of `x · kernel`. */
  inputGradient(dz: TensorInfo): TensorInfo {
    const out = this.perStep(this.features);
    const kernel = matrixAt(this.#interleavedKernel(), this.#width, true);
    const sizes = [this.batch * this.time, this.features, this.#width] as const;
    gemm(this.engine, sizes, matrixAt(this.at(dz), this.#width), kernel, this.at(out));
    return out;
  }

  /**
   * The gradient of what `rows` `[batch, time, …]`, the first `size` values of each, were multiplied by to give `dz`: one
   * product over all steps.
   */
  kernelGradient(rows: TensorInfo, dz: TensorInfo, size: number): TensorInfo {
    const wide = this.engine.scratch(size * this.#width * 4);
    const sizes = [size, this.#width, this.batch * this.time] as const;
    const left = matrixAt(this.at(rows), rows.shape[2] as number, true);
    gemm(this.engine, sizes, left, matrixAt(this.at(dz), this.#width), wide);
    return this.#separated(wide, [size, this.gates * this.units]);
  }

  /** The gradient of a bias, one for each of the last axes of `sums`, which holds a part of it for each block. */
  biasGradient(sums: TensorInfo): TensorInfo {
    const { engine, gates, units } = this;
    const wide = sumOver(engine, sums, [0], false);
    const out = this.#separated(this.at(wide), [...wide.shape.slice(0, -1), gates * units]);
    engine.disposeData(wide.dataId);
    return out;
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
    const rows = util.sizeFromShape(shape.slice(0, -1));
    engine.simd.separateGates(rows, units, gates, wide, this.at(out));
    return out;
  }
}
