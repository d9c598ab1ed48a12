import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';

/** dy · f′, from dy, the tensor kept from the forward pass and the kernel's attributes. */
export type Derivative = (dy: Tensor, kept: Tensor, attrs: never) => Tensor;

/** Gradients of functions y = f(x) of one tensor, element by element, whose derivative is written in terms of x. */
export const derivedFromInput = (derivatives: Record<string, Derivative>): Gradient[] =>
  Object.entries(derivatives).map(([kernelName, derivative]) => ({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], attrs: object) => ({ x: () => derivative(dy, x, attrs as never) }),
  }));

/** The same, written in terms of y: nothing but the output is kept. */
export const derivedFromOutput = (derivatives: Record<string, Derivative>): Gradient[] =>
  Object.entries(derivatives).map(([kernelName, derivative]) => ({
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [y]: [Tensor], attrs: object) => ({ x: () => derivative(dy, y, attrs as never) }),
  }));
