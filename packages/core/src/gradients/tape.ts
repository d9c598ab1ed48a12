import { engine, type NamedAttrMap, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** The gradient of an operation with one output: one function for each input, by name. */
type TapeGradient = (dy: Tensor, saved: Tensor[]) => Record<string, () => Tensor>;

/** The members of tfjs's engine that put an operation on its tape; they are not in its types. */
interface Tape {
  getTensorsForGradient(kernel: string, inputs: NamedTensorMap, outputs: readonly Tensor[]): Tensor[];
  addTapeNode(
    kernel: string,
    inputs: NamedTensorMap,
    outputs: readonly Tensor[],
    gradient: TapeGradient | null,
    saved: readonly Tensor[],
    attrs: object,
  ): void;
}

/** Whether what runs now will be differentiated. */
export function isTaped(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Runs what the tape is not to see. */
export function untaped<T>(run: () => T): T {
  const { state } = engine();
  state.kernelDepth++;
  try {
    return run();
  } finally {
    state.kernelDepth--;
  }
}

/** Another handle on the same values that no scope ends: for the tape, which disposes of what it was given. */
export function handle({ dataId, shape, dtype }: Tensor): Tensor {
  engine().state.tensorInfo.get(dataId)!.backend.incRef(dataId);
  return engine().keep(engine().makeTensorFromTensorInfo({ dataId, shape, dtype }));
}

/** Puts an operation on the tape; `saved` becomes the tape's own. */
export function record(inputs: NamedTensorMap, output: Tensor, saved: readonly Tensor[], gradient: TapeGradient): void {
  (engine() as unknown as Tape).addTapeNode('fused', inputs, [output], gradient, saved, {});
}

/**
 * Runs a kernel of one output whose gradient is registered. Like tfjs's `runKernel`, but what the gradient wants is kept
 * by handles alone: tfjs runs an `Identity` kernel for each and puts that on the tape too, so that in a step of a small
 * network these were half of all kernels. Second derivatives need them, and go through tfjs.
 */
export function runTaped(kernel: string, inputs: NamedTensorMap, attrs: object): Tensor {
  const run = () => engine().runKernel<Tensor>(kernel, inputs, attrs as NamedAttrMap);
  if (!isTaped() || engine().state.gradientDepth > 1) return run();
  const output = untaped(run);
  const tape = engine() as unknown as Tape;
  const saved = tape.getTensorsForGradient(kernel, inputs, [output]).map(handle);
  tape.addTapeNode(kernel, inputs, [output], null, saved, attrs);
  return output;
}
