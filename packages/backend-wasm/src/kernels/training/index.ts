import type { KernelConfig } from '@tensorflow/tfjs-core';
import { clipByGlobalNorm } from './ClipByGlobalNorm.js';
import { dropout } from './Dropout.js';
import { optimizerUpdates } from './optimizerUpdates.js';

/** What a training step does to parameters and gradients, and dropout. */
export const training: readonly KernelConfig[] = [clipByGlobalNorm, dropout, ...optimizerUpdates];
