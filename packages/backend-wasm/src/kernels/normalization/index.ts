import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  fusedBatchNormConfig,
  lrnConfig,
  lrnGradConfig,
  multinomialConfig,
  softmaxConfig,
} from '../../generated/tfjsKernels.js';

/** Normalisation, softmax and sampling. */
export const normalization: readonly KernelConfig[] = [
  fusedBatchNormConfig,
  lrnConfig,
  lrnGradConfig,
  softmaxConfig,
  multinomialConfig,
];
