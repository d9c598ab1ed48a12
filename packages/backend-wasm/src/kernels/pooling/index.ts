import type { KernelConfig } from '@tensorflow/tfjs-core';
import { avgPool3DConfig, avgPool3DGradConfig, avgPoolConfig, avgPoolGradConfig } from '../../generated/tfjsKernels.js';
import { averagePoolGrad } from './AveragePoolGrad.js';
import { maxPool, maxPool3D, maxPool3DGrad, maxPoolGrad, maxPoolWithArgmax } from './MaxPool.js';

/** Pooling: maxima and the gradient of averages are ours. */
export const pooling: readonly KernelConfig[] = [
  // Ours.
  maxPool,
  maxPool3D,
  maxPool3DGrad,
  maxPoolGrad,
  maxPoolWithArgmax,
  averagePoolGrad,
  // tfjs's, compiled into its engine.
  avgPoolConfig,
  avgPoolGradConfig,
  avgPool3DConfig,
  avgPool3DGradConfig,
];
