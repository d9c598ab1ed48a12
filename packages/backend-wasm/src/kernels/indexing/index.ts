import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  gatherNdConfig,
  gatherV2Config,
  oneHotConfig,
  scatterNdConfig,
  searchSortedConfig,
  sliceConfig,
  stridedSliceConfig,
  tensorScatterUpdateConfig,
  uniqueConfig,
} from '../../generated/tfjsKernels.js';
import { unsortedSegmentSum } from './UnsortedSegmentSum.js';

/** Looking elements up, and putting them back. */
export const indexing: readonly KernelConfig[] = [
  // Ours.
  unsortedSegmentSum,
  // tfjs's, compiled into its engine.
  gatherNdConfig,
  gatherV2Config,
  oneHotConfig,
  scatterNdConfig,
  searchSortedConfig,
  sliceConfig,
  stridedSliceConfig,
  tensorScatterUpdateConfig,
  uniqueConfig,
];
