import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { run } from './kernels.js';

/** dy · f′, from dy, the tensor kept from the forward pass and the kernel's attributes. */
export type Derivative = (dy: Tensor, kept: Tensor, attrs: never) => Tensor;

/**
 * The derivative, by a kernel named after the function's where the backend has one, unless the gradient is to be
 * differentiated itself: the kernel has no gradient.
 */
function differentiate(
  kernelName: string,
  derivative: Derivative,
  dy: Tensor,
  kept: Record<string, Tensor>,
  attrs: object,
) {
  const direct = `${kernelName}Grad`;
  if (engine().state.gradientDepth === 0 && getKernel(direct, getBackend()) !== undefined) {
    return run(direct, { dy, ...kept }, attrs);
  }
  return derivative(dy, Object.values(kept)[0]!, attrs as never);
}

/** Gradients of functions y = f(x) of one tensor whose derivative is written in terms of x. */
export const derivedFromInput = (derivatives: Record<string, Derivative>): Gradient[] =>
  Object.entries(derivatives).map(([kernelName, derivative]) => ({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], attrs: object) => ({
      x: () => differentiate(kernelName, derivative, dy, { x }, attrs),
    }),
  }));

/**
 * The same, written in terms of y: nothing but the output is kept.
 *
 * Except within a gradient that is differentiated itself. The tape records the copy of an output that it keeps before
 * it records the kernel, so it never learns that the copy depends on x, and a second derivative would silently miss
 * a part. There the input is kept too, and the output computed again from it.
 */
export const derivedFromOutput = (derivatives: Record<string, Derivative>, input = 'x'): Gradient[] =>
  Object.entries(derivatives).map(([kernelName, derivative]) => ({
    kernelName,
    get inputsToSave() {
      return engine().state.gradientDepth > 1 ? [input] : [];
    },
    outputsToSave: [true],
    gradFunc: (dy: Tensor, saved: Tensor[], attrs: object) => ({
      [input]: () => {
        const y = saved.length > 1 ? run(kernelName, { [input]: saved[0]! }, attrs) : saved[0]!;
        return differentiate(kernelName, derivative, dy, { y }, attrs);
      },
    }),
  }));
