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
  /** Sees what the forward kernel kept, while it runs: statistics of a batch. */
  readonly onKept?: (kept: readonly Tensor[]) => void;
  /** The same in ordinary operations, for backends without the kernel. */
  readonly composed: () => Tensor;
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
  const { kernel, inputs, constants = {}, attrs = {}, onKept, composed } = operation;
  // Within a gradient that is differentiated itself, only operations that the tape knows will do.
  if (engine().state.gradientDepth > 1 || getKernel(kernel, getBackend()) === undefined) return composed();
  const run = (name: string, tensors: NamedTensorMap) =>
    engine().runKernel<Tensor[]>(name, tensors, attrs as NamedAttrMap);
  const given: NamedTensorMap = { ...inputs, ...constants };
  return customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const save = args.pop() as GradSaveFunc;
    const [value, ...kept] = run(kernel, given) as [Tensor, ...Tensor[]];
    onKept?.(kept);
    // The constants too: the caller's scope may have ended when the gradient is wanted.
    save([...Object.values(given), value, ...kept]);
    const names = [...Object.keys(given), 'value', ...kept.map((_, i) => `kept${i}`)];
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const tensors: NamedTensorMap = { dy };
      for (const [i, name] of names.entries()) tensors[name] = saved[i]!;
      return run(`${kernel}Grad`, tensors);
    };
    return { value, gradFunc };
  })(...Object.values(inputs));
}
