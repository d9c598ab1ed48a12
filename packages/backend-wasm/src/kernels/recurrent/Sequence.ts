import { ShapeError } from '@espalier/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernels } from '../../engine/SimdKernels.js';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { requireFloat32, requireShape } from '../checks.js';
import { gemm, type Matrix, matrixAt } from '../matmul/gemm.js';

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
    this.#width = gates * this.units;
    requireShape(kernelName, 'kernel', [features, this.#width], kernel.shape);
    requireShape(kernelName, 'recurrentKernel', [this.units, this.#width], recurrentKernel.shape);
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

  /** `x · kernel` for all steps in one product; the compiled kernels turn it into the gates. */
  project(): TensorInfo {
    const { x, kernel } = this.inputs;
    const gates = this.perStep(this.#width);
    this.#product(
      [this.batch * this.time, this.#width, this.features],
      matrixAt(this.at(x), this.features),
      matrixAt(this.at(kernel), this.#width),
      this.at(gates),
    );
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
    this.#product(
      [this.batch * this.time, this.features, this.#width],
      matrixAt(this.at(dz), this.#width),
      matrixAt(this.at(this.inputs.kernel), this.#width, true),
      this.at(out),
    );
    return out;
  }

  /** The gradient of what `rows` `[batch, time, size]` were multiplied by to give `dz`: one product over all steps. */
  kernelGradient(rows: TensorInfo, dz: TensorInfo): TensorInfo {
    const size = rows.shape[2] as number;
    const out = this.engine.makeOutput([size, this.#width], 'float32');
    this.#product(
      [size, this.#width, this.batch * this.time],
      matrixAt(this.at(rows), size, true),
      matrixAt(this.at(dz), this.#width),
      this.at(out),
    );
    return out;
  }

  #product(sizes: readonly [number, number, number], a: Matrix, b: Matrix, c: number): void {
    gemm(this.engine, sizes, a, b, c);
  }
}
