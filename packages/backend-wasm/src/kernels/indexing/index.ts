import type { KernelConfig } from '@tensorflow/tfjs-core';
import { searchSortedConfig, uniqueConfig } from '../../generated/tfjsKernels.js';
import { gatherNd, scatterNd, tensorScatterUpdate } from './checkedIndices.js';
import { gatherV2 } from './GatherV2.js';
import { oneHot } from './OneHot.js';
import { slice } from './Slice.js';
import { stridedSlice } from './StridedSlice.js';
import { unsortedSegmentSum } from './UnsortedSegmentSum.js';

/** Looking elements up, and putting them back. */
export const indexing: readonly KernelConfig[] = [
  // Ours.
  oneHot,
  slice,
  stridedSlice,
  gatherV2,
  unsortedSegmentSum,
  // tfjs's, with a look at their indices first.
  gatherNd,
  scatterNd,
  tensorScatterUpdate,
  // tfjs's, compiled into its engine.
  searchSortedConfig,
  uniqueConfig,
];
