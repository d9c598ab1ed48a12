import { add, matMul, mul, split, sub, type Tensor, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import type { ActivationFunction } from '../activations/activations.js';

/** What one pass over a sequence leaves behind, step by step; every tensor is `[batch, …]`. */
export interface LstmTrace {
  /** The activated gates i, f, o side by side. */
  readonly gates: Tensor[];
  /** The activated candidate for the cell. */
  readonly candidates: Tensor[];
  /** The activated cell before the mask. */
  readonly outputs: Tensor[];
  /** The cell before each step, and after the last. */
  readonly cells: Tensor[];
  /** The hidden state before each step, and after the last. */
  readonly hidden: Tensor[];
}

/** What {@link lstmSteps} runs over. */
export interface LstmStepsInput {
  /** `x · kernel + bias` of each step, `[batch, 4 · units]`, with the gates in the order i, f, o, candidate. */
  readonly projected: readonly Tensor[];
  /** `[units, 4 · units]`, in the same order. */
  readonly recurrentKernel: Tensor2D;
  /** `[batch, 1]` of each step: 1 where it counts, 0 where the state stays. */
  readonly mask: readonly Tensor[] | undefined;
  readonly activation: ActivationFunction;
  readonly recurrentActivation: ActivationFunction;
}

/** An LSTM from step to step: eleven kernels each, since the three gates are next to each other. */
export function lstmSteps({ projected, recurrentKernel, mask, activation, recurrentActivation }: LstmStepsInput) {
  const [units = 0] = recurrentKernel.shape;
  const start = zeros([projected[0]!.shape[0]!, units]);
  const trace: LstmTrace = { gates: [], candidates: [], outputs: [], cells: [start], hidden: [start] };
  let cell: Tensor = start;
  let hidden: Tensor = start;
  for (const [t, input] of projected.entries()) {
    const z = add(input, matMul(hidden as Tensor2D, recurrentKernel));
    const [zGates, zCandidate] = split(z, [3 * units, units], 1);
    const gates = recurrentActivation(zGates!);
    const candidate = activation(zCandidate!);
    const [i, f, o] = split(gates, 3, 1);
    const nextCell = add(mul(f!, cell), mul(i!, candidate));
    const output = activation(nextCell);
    cell = choose(mask?.[t], nextCell, cell);
    hidden = choose(mask?.[t], mul(o!, output), hidden);
    trace.gates.push(gates);
    trace.candidates.push(candidate);
    trace.outputs.push(output);
    trace.cells.push(cell);
    trace.hidden.push(hidden);
  }
  return trace;
}

/** `next` where the mask is 1, else `held`: products with 0 and 1 are exact, so no rounding comes in. */
function choose(mask: Tensor | undefined, next: Tensor, held: Tensor): Tensor {
  return mask === undefined ? next : add(mul(mask, next), mul(sub(1, mask), held));
}
