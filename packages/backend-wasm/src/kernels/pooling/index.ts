import type { KernelConfig } from '@tensorflow/tfjs-core';
import { avgPool3DGradConfig, avgPoolGradConfig } from '../../generated/tfjsKernels.js';
import { averagePool, averagePool3D, averagePoolGrad } from './AveragePool.js';
import { maxPool, maxPool3D, maxPool3DGrad, maxPoolGrad, maxPoolWithArgmax } from './MaxPool.js';

/** Pooling: all ours but tfjs's own gradients of averages, whose place `AveragePoolGrad` takes in training. */
export const pooling: readonly KernelConfig[] = [
  // Ours.
  maxPool,
  maxPool3D,
  maxPool3DGrad,
  maxPoolGrad,
  maxPoolWithArgmax,
  averagePool,
  averagePool3D,
  averagePoolGrad,
  // tfjs's, compiled into its engine.
  avgPoolGradConfig,
  avgPool3DGradConfig,
];
