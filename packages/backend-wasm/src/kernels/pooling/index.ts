import type { KernelConfig } from '@tensorflow/tfjs-core';
import { avgPool3DConfig, avgPool3DGradConfig, avgPoolConfig, avgPoolGradConfig } from '../../generated/tfjsKernels.js';
import { maxPool, maxPool3D, maxPool3DGrad, maxPoolGrad, maxPoolWithArgmax } from './MaxPool.js';

/** Pooling: maxima are ours, averages tfjs's. */
export const pooling: readonly KernelConfig[] = [
  // Ours.
  maxPool,
  maxPool3D,
  maxPool3DGrad,
  maxPoolGrad,
  maxPoolWithArgmax,
  // tfjs's, compiled into its engine.
  avgPoolConfig,
  avgPoolGradConfig,
  avgPool3DConfig,
  avgPool3DGradConfig,
];
