import type { KernelConfig } from '@tensorflow/tfjs-core';
import { binaryCrossentropy, binaryCrossentropyGrad } from './BinaryCrossentropy.js';
import { categoricalCrossentropy, categoricalCrossentropyGrad } from './CategoricalCrossentropy.js';

/** Losses and their gradients, each in one pass. */
export const losses: readonly KernelConfig[] = [
  categoricalCrossentropy,
  categoricalCrossentropyGrad,
  binaryCrossentropy,
  binaryCrossentropyGrad,
];
