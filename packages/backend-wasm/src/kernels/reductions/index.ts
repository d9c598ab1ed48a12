import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  allConfig,
  anyConfig,
  argMaxConfig,
  argMinConfig,
  bincountConfig,
  cumprodConfig,
  cumsumConfig,
  denseBincountConfig,
  maxConfig,
  minConfig,
  prodConfig,
  topKConfig,
} from '../../generated/tfjsKernels.js';
import { mean } from './Mean.js';
import { sum } from './Sum.js';

/** Reductions, scans and counts. */
export const reductions: readonly KernelConfig[] = [
  // Ours.
  mean,
  sum,
  // tfjs's, compiled into its engine.
  allConfig,
  anyConfig,
  argMaxConfig,
  argMinConfig,
  bincountConfig,
  denseBincountConfig,
  cumprodConfig,
  cumsumConfig,
  maxConfig,
  minConfig,
  prodConfig,
  topKConfig,
];
