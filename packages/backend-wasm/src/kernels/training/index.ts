import type { KernelConfig } from '@tensorflow/tfjs-core';
import { biasActivationGrad } from './BiasActivationGrad.js';
import { clipByGlobalNorm } from './ClipByGlobalNorm.js';
import { dropout } from './Dropout.js';
import { optimizerUpdates } from './optimizerUpdates.js';

/** What a training step does to gradients and parameters, and dropout. */
export const training: readonly KernelConfig[] = [biasActivationGrad, clipByGlobalNorm, dropout, ...optimizerUpdates];
