import type { KernelConfig } from '@tensorflow/tfjs-core';
import { clipByGlobalNorm } from './ClipByGlobalNorm.js';
import { optimizerUpdates } from './optimizerUpdates.js';

/** What a training step does to parameters and gradients. */
export const training: readonly KernelConfig[] = [clipByGlobalNorm, ...optimizerUpdates];
