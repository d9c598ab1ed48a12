import {
  add,
  cast,
  concat,
  expandDims,
  matMul,
  notEqual,
  reshape,
  reverse,
  slice,
  stack,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
  unstack,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { asType } from './asType.js';
import { checkSequence } from './checkSequence.js';
import { fused } from './fused.js';

/** What every recurrent operation takes. */
export interface SequenceOptions {
  /** `[batch, time, features]`, with at least one step. */
  readonly x: Tensor;
  /** `[features, gates · units]` */
  readonly kernel: Tensor;
  /** `[units, gates · units]` */
  readonly recurrentKernel: Tensor;
  /** Default none. */
  readonly bias?: Tensor | undefined;
  /** `[batch, time]` of dtype bool: steps that do not count change no state and repeat the output before. Default: all count. */
  readonly mask?: Tensor | undefined;
  /** The states before the first step, each `[batch, units]`. Default: zeros. */
  readonly initialState?: readonly Tensor[] | undefined;
  /** From the last step to the first; outputs come in the order of reading. Default false. */
  readonly goBackwards?: boolean;
  /** The output of every step rather than of the last. Default false. */
  readonly returnSequences?: boolean;
  /** The final states too. Default false. */
  readonly returnState?: boolean;
}

/** What a recurrent operation gives. */
export interface SequenceResult {
  /** `[batch, units]`, or `[batch, time, units]` with `returnSequences`. */
  readonly output: Tensor;
  /** With `returnState` the states after the last step, each `[batch, units]`; else empty. */
  readonly state: Tensor[];
}

/** A function applied element by element, in the place of the usual one. */
export type SequenceActivation = (x: Tensor) => Tensor;

/** How one recurrent operation differs from the others. */
export interface SequenceCell {
  /** The operation's own name, for errors. */
  readonly where: string;
  /** The kernel on backends that have it, absent where the activations are not the usual ones. */
  readonly kernel: string | undefined;
  /** Attributes of the kernel beside those of every sequence. */
  readonly attrs?: object;
  /** The names of the states as inputs of the kernel; the first is the output. */
  readonly states: readonly string[];
  /** The shape of a bias; its last axis is that of both kernels. */
  readonly biasShape: readonly number[];
  /** How it is computed in ordinary operations; asked for only where it is. */
  readonly composed: () => ComposedCell;
}

/** A recurrent operation in ordinary operations. */
export interface ComposedCell {
  /** The part of the bias that goes to the product with `kernel`. */
  readonly inputBias: Tensor | undefined;
  /** The states after a step, from `x · kernel + inputBias` and the states before. */
  readonly step: (projected: Tensor, states: readonly Tensor[]) => Tensor[];
}

/**
 * Reads a sequence: by one kernel where the backend has it, else step by step in ordinary operations.
 * @throws ShapeError where the shapes do not go together.
 */
export function readSequence(options: SequenceOptions, cell: SequenceCell): SequenceResult {
  checkSequence(options, cell);
  const [output, ...state] = tidy(() => outputAndStates(inFloat32(options), cell));
  return { output: output!, state };
}

/** Only `x` and the states may be given as other numbers: bias and kernels are parameters. */
function inFloat32(options: SequenceOptions): SequenceOptions {
  const { x, initialState } = options;
  if (x.dtype === 'float32' && (initialState?.every(({ dtype }) => dtype === 'float32') ?? true)) return options;
  return { ...options, x: asType(x, 'float32'), initialState: initialState?.map((state) => asType(state, 'float32')) };
}

function outputAndStates(options: SequenceOptions, cell: SequenceCell): Tensor[] {
  const { x, kernel, recurrentKernel, bias, mask, initialState = [] } = options;
  const { goBackwards = false, returnSequences = false, returnState = false } = options;
  const composed = () => stepByStep(options, cell);
  const value =
    cell.kernel === undefined
      ? composed()
      : fused({
          kernel: cell.kernel,
          inputs: {
            x,
            kernel,
            recurrentKernel,
            ...(bias && { bias }),
            ...Object.fromEntries(initialState.map((state, i) => [cell.states[i]!, state])),
          },
          ...(mask && { constants: { mask } }),
          attrs: { ...cell.attrs, goBackwards, returnSequences, returnState },
          composed,
        });
  if (!returnState) return [value];
  const [batch = 0, rows = 0, units = 0] = value.shape;
  const row = (at: number) => reshape(slice(value, [0, at, 0], [batch, 1, units]), [batch, units]);
  const outputs = rows - cell.states.length;
  const output = returnSequences ? slice(value, [0, 0, 0], [batch, outputs, units]) : row(0);
  return [output, ...cell.states.map((_, i) => row(outputs + i))];
}

/** As the kernels answer: the outputs and, with `returnState`, the final states as further rows. */
function stepByStep(options: SequenceOptions, { states: names, composed }: SequenceCell): Tensor {
  const { inputBias, step } = composed();
  const { kernel, recurrentKernel, mask, initialState, returnSequences, returnState } = options;
  const [batch = 0, time = 0, features = 0] = options.x.shape;
  // Steps that do not count are zeros: what is chosen against has a derivative of 0, and 0 times NaN is NaN.
  const x = mask === undefined ? options.x : where(expandDims(mask, -1), options.x, 0);
  const start = zeros([batch, recurrentKernel.shape[0]!]);
  // Time first, so that each step is one piece of memory.
  const byTime = (y: Tensor) => {
    const turned = transpose(y, [1, 0, 2]);
    return options.goBackwards ? reverse(turned, 0) : turned;
  };
  const product = matMul(reshape(byTime(x), [time * batch, features]) as Tensor2D, kernel as Tensor2D);
  const biased = inputBias === undefined ? product : add(product, inputBias);
  const steps = unstack(reshape(biased, [time, batch, kernel.shape[1]!]));
  // As numbers until it lies as it should: not every backend reverses booleans.
  const counting = mask && unstack(notEqual(byTime(cast(expandDims(mask, -1), 'int32')), 0));
  let states: Tensor[] = initialState === undefined ? names.map(() => start) : [...initialState];
  let output: Tensor = start;
  const outputs: Tensor[] = [];
  for (const [t, projected] of steps.entries()) {
    const next = step(projected, states);
    const choose = (taken: Tensor, held: Tensor) => (counting ? where(counting[t]!, taken, held) : taken);
    output = choose(next[0]!, output);
    states = next.map((state, i) => choose(state, states[i]!));
    outputs.push(output);
  }
  if (!returnState) return returnSequences ? stack(outputs, 1) : output;
  const rows = [returnSequences ? stack(outputs, 1) : expandDims(output, 1), ...states.map((s) => expandDims(s, 1))];
  return concat(rows, 1);
}
