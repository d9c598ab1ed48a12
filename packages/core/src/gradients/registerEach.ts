import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { byParts } from './complexGradient.js';
import type { Gradient } from './Gradient.js';

/** Registers gradients with tfjs-core, in the place of whatever is registered. */
export function registerEach(gradients: readonly Gradient[]): void {
  for (const gradient of gradients.map(byParts)) {
    // tfjs-core warns of a replaced gradient in debug mode, unless it was taken out first.
    if (getGradient(gradient.kernelName)) unregisterGradient(gradient.kernelName);
    registerGradient(gradient as GradConfig);
  }
}
