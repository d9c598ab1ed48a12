import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { run } from './kernels.js';

/** dy · f′, from dy, the tensor kept from the forward pass and the kernel's attributes. */
export type Derivative = (dy: Tensor, kept: Tensor, attrs: never) => Tensor;

/** Gradients of functions y = f(x) of one tensor whose derivative is written in terms of x. */
export const derivedFromInput = (derivatives: Record<string, Derivative>): Gradient[] =>
  Object.entries(derivatives).map(([kernelName, derivative]) => ({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], attrs: object) => ({ x: () => derivative(dy, x, attrs as never) }),
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
        return derivative(dy, y, attrs as never);
      },
    }),
  }));
