import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  bincountConfig,
  cumprodConfig,
  cumsumConfig,
  denseBincountConfig,
  topKConfig,
} from '../../generated/tfjsKernels.js';
import { argMax, argMin } from './ArgMax.js';
import { alongAxes } from './alongAxes.js';

/** Reductions, scans and counts. */
export const reductions: readonly KernelConfig[] = [
  // Ours.
  argMax,
  argMin,
  ...alongAxes,
  // tfjs's, compiled into its engine.
  bincountConfig,
  denseBincountConfig,
  cumprodConfig,
  cumsumConfig,
  topKConfig,
];
