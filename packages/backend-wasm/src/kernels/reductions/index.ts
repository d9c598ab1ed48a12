import type { KernelConfig } from '@tensorflow/tfjs-core';
import { bincountConfig, denseBincountConfig } from '../../generated/tfjsKernels.js';
import { argMax, argMin } from './ArgMax.js';
import { alongAxes } from './alongAxes.js';
import { cumprod, cumsum } from './scans.js';
import { topKWithNaN } from './TopK.js';

/** Reductions, scans and counts. */
export const reductions: readonly KernelConfig[] = [
  // Ours.
  argMax,
  argMin,
  ...alongAxes,
  cumprod,
  cumsum,
  topKWithNaN,
  // tfjs's, compiled into its engine.
  bincountConfig,
  denseBincountConfig,
];
