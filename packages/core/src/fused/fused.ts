import {
  dispose,
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { handle, isTaped, record, untaped } from '../gradients/tape.js';
import { asType } from './asType.js';

/** What {@link fused} runs. */
export interface FusedOperation<Inputs extends Readonly<Record<string, Tensor>>> {
  /** Name of the forward kernel; the backward one is named `${kernel}Grad`. */
  readonly kernel: string;
  /** What is differentiated; as float32, whatever numbers they are given as. */
  readonly inputs: Inputs;
  /** Tensors that both kernels also take and that have no gradient: masks, indices, labels. */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Numbers and names that both kernels also take. */
  readonly attrs?: object;
  /** Sees what the forward kernel kept, while it runs: statistics of a batch. */
  readonly onKept?: (kept: readonly Tensor[]) => void;
  /** The same in ordinary operations, for backends without the kernel. */
  readonly composed: (inputs: Inputs) => Tensor;
}

/**
 * Runs one kernel in the place of many, on backends that have it, and the composed operations elsewhere.
 *
 * The kernel takes `inputs` and `constants` by name and answers with a list: the value, then what its gradient wants
 * to be kept. `${kernel}Grad` takes the same tensors, `dy`, `value` and the kept ones as `kept0`, `kept1`, …, and answers
 * with one gradient for each of `inputs`, in their order. Gradients of
 * gradients take the composed operations.
 */
export function fused<Inputs extends Readonly<Record<string, Tensor>>>(operation: FusedOperation<Inputs>): Tensor {
  const { kernel, constants = {}, attrs = {}, onKept, composed } = operation;
  const { inputs } = operation;
  if (!areFloat32(inputs)) return tidy(() => fused({ ...operation, inputs: inFloat32(inputs) }));
  // Within a gradient that is differentiated itself, only operations that the tape knows will do.
  if (engine().state.gradientDepth > 1 || getKernel(kernel, getBackend()) === undefined) {
    return tidy(() => composed(inputs));
  }
  const run = (name: string, tensors: NamedTensorMap) =>
    engine().runKernel<Tensor[]>(name, tensors, attrs as NamedAttrMap);
  const given: NamedTensorMap = { ...inputs, ...constants };
  const [value, ...kept] = untaped(() => {
    const outputs = run(kernel, given) as [Tensor, ...Tensor[]];
    if (onKept !== undefined) tidy(() => onKept(outputs.slice(1)));
    return outputs;
  });
  if (!isTaped()) {
    dispose(kept);
    return value;
  }
  // The constants too: the caller's scope may have ended when the gradient is wanted.
  const saved = [...Object.values(given), value].map(handle);
  for (const tensor of kept) saved.push(engine().keep(tensor));
  const names = [...Object.keys(given), 'value', ...kept.map((_, i) => `kept${i}`)];
  record({ ...inputs }, value, saved, (dy) => {
    const tensors: NamedTensorMap = { dy };
    for (const [i, name] of names.entries()) tensors[name] = saved[i]!;
    const gradients = run(`${kernel}Grad`, tensors);
    return Object.fromEntries(Object.keys(inputs).map((name, i) => [name, () => gradients[i]!]));
  });
  return value;
}

function areFloat32(inputs: Readonly<Record<string, Tensor>>): boolean {
  for (const name in inputs) if (inputs[name]!.dtype !== 'float32') return false;
  return true;
}

function inFloat32<Inputs extends Readonly<Record<string, Tensor>>>(inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, asType(x, 'float32')])) as Inputs;
}
