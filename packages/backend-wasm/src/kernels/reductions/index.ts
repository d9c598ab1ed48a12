import type { KernelConfig } from '@tensorflow/tfjs-core';
import { bincountConfig, denseBincountConfig, topKConfig } from '../../generated/tfjsKernels.js';
import { throughInt32 } from '../throughInt32.js';
import { argMax, argMin } from './ArgMax.js';
import { alongAxes } from './alongAxes.js';
import { cumprod, cumsum } from './scans.js';

/** Reductions, scans and counts. */
export const reductions: readonly KernelConfig[] = [
  // Ours.
  argMax,
  argMin,
  ...alongAxes,
  cumprod,
  cumsum,
  // tfjs's, compiled into its engine.
  bincountConfig,
  denseBincountConfig,
  /* @__PURE__ */ throughInt32(topKConfig),
];
