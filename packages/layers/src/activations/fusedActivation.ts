import type { FusedActivation } from '@espalier/core';
import { type ActivationFunction, activations } from './activations.js';

const names = ['linear', 'relu', 'relu6', 'leakyRelu', 'elu', 'sigmoid', 'tanh'] as const satisfies FusedActivation[];

/** The name under which a product applies this activation as it writes its result; undefined where it cannot. */
export function fusedActivation(activation: ActivationFunction): FusedActivation | undefined {
  return names.find((name) => activations[name] === activation);
}
