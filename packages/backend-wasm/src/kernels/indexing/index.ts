import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  gatherNdConfig,
  oneHotConfig,
  scatterNdConfig,
  searchSortedConfig,
  stridedSliceConfig,
  tensorScatterUpdateConfig,
  uniqueConfig,
} from '../../generated/tfjsKernels.js';
import { gatherV2 } from './GatherV2.js';
import { slice } from './Slice.js';
import { unsortedSegmentSum } from './UnsortedSegmentSum.js';

/** Looking elements up, and putting them back. */
export const indexing: readonly KernelConfig[] = [
  // Ours.
  slice,
  gatherV2,
  unsortedSegmentSum,
  // tfjs's, compiled into its engine.
  gatherNdConfig,
  oneHotConfig,
  scatterNdConfig,
  searchSortedConfig,
  stridedSliceConfig,
  tensorScatterUpdateConfig,
  uniqueConfig,
];
