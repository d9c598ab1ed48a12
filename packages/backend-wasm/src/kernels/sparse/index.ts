import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  sparseFillEmptyRowsConfig,
  sparseReshapeConfig,
  sparseSegmentMeanConfig,
  sparseSegmentSumConfig,
  sparseToDenseConfig,
  stringNGramsConfig,
  stringSplitConfig,
  stringToHashBucketFastConfig,
} from '../../generated/tfjsKernels.js';

/** Sparse tensors and strings. */
export const sparse: readonly KernelConfig[] = [
  sparseFillEmptyRowsConfig,
  sparseReshapeConfig,
  sparseSegmentMeanConfig,
  sparseSegmentSumConfig,
  sparseToDenseConfig,
  stringNGramsConfig,
  stringSplitConfig,
  stringToHashBucketFastConfig,
];
