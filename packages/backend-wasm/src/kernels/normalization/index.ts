import type { KernelConfig } from '@tensorflow/tfjs-core';
import { fusedBatchNormConfig, lrnConfig, lrnGradConfig, multinomialConfig } from '../../generated/tfjsKernels.js';
import { batchNormalization, batchNormalizationGrad, frozenBatchNormalization } from './BatchNormalization.js';
import { groupNormalization, groupNormalizationGrad } from './GroupNormalization.js';
import { logSoftmax, logSoftmaxGrad, softmax, softmaxGrad } from './Softmax.js';

/** Normalisation, softmax and sampling. */
export const normalization: readonly KernelConfig[] = [
  // Ours.
  batchNormalization,
  batchNormalizationGrad,
  frozenBatchNormalization,
  groupNormalization,
  groupNormalizationGrad,
  softmax,
  softmaxGrad,
  logSoftmax,
  logSoftmaxGrad,
  // tfjs's, compiled into its engine.
  fusedBatchNormConfig,
  lrnConfig,
  lrnGradConfig,
  multinomialConfig,
];
