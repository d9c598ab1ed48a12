import { isClass, ValueError } from '@espalier/core';
import { lookUp } from '../options/lookUp.js';
import { type ActivationFunction, type ActivationName, activations } from './activations.js';

/** What an `activation` option takes: a name, or a function, which cannot be written to a config. */
export type ActivationLike = ActivationName | ActivationFunction;

/**
 * The function of that name; a function is handed through.
 * @throws ValueError for an unknown name, with the nearest known ones.
 */
export function resolveActivation(activation: ActivationLike, where: string): ActivationFunction {
  if (typeof activation === 'function' && !isClass(activation)) return activation;
  return lookUp(activations, activation as ActivationName, 'activation', where);
}

/**
 * The name under which a config keeps the activation.
 * @throws ValueError for a function: a file cannot hold code.
 */
export function serializeActivation(activation: ActivationLike, where: string): ActivationName {
  if (typeof activation === 'string') return activation;
  throw new ValueError({
    where,
    problem: 'an activation given as a function cannot be written to a config',
    mend: 'use a named activation, or a layer class of your own that calls the function',
  });
}
