import {
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** What {@link fused} runs. */
export interface FusedOperation<Inputs extends Readonly<Record<string, Tensor>>> {
  /** Name of the forward kernel; the backward one is named `${kernel}Grad`. */
  readonly kernel: string;
  /** What is differentiated. */
  readonly inputs: Inputs;
  /** Tensors that both kernels also take and that have no gradient: masks, indices, labels. */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Numbers and names that both kernels also take. */
  readonly attrs?: object;
  /** The same in ordinary operations, for backends without the kernel. */
  readonly composed: () => Tensor;
}

/**
 * Runs one kernel in the place of many, on backends that have it, and the composed operations elsewhere.
 *
 * The kernel takes `inputs` and `constants` by name and answers with a list: the value, then what its gradient wants
 * to be kept. `${kernel}Grad` takes the same tensors, `dy`, `value` and the kept ones as `kept0`, `kept1`, …, and answers
 * with one gradient for each of `inputs`, in their order. Gradients of the gradient are not defined.
 */
export function fused<Inputs extends Readonly<Record<string, Tensor>>>(operation: FusedOperation<Inputs>): Tensor {
  const { kernel, inputs, constants = {}, attrs = {}, composed } = operation;
  if (getKernel(kernel, getBackend()) === undefined) return composed();
  const names = Object.keys(inputs);
  const run = (name: string, tensors: NamedTensorMap) =>
    engine().runKernel<Tensor[]>(name, { ...tensors, ...constants }, attrs as NamedAttrMap);
  return customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const save = args.pop() as GradSaveFunc;
    const [value, ...kept] = run(kernel, named(names, args as Tensor[])) as [Tensor, ...Tensor[]];
    save([...(args as Tensor[]), value, ...kept]);
    const all = [...names, 'value', ...kept.map((_, i) => `kept${i}`)];
    const gradFunc = (dy: Tensor, saved: Tensor[]) => run(`${kernel}Grad`, { ...named(all, saved), dy });
    return { value, gradFunc };
  })(...Object.values(inputs));
}

function named(names: readonly string[], tensors: readonly Tensor[]): NamedTensorMap {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
}
