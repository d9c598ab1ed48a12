import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  sparseFillEmptyRowsConfig,
  sparseReshapeConfig,
  sparseSegmentMeanConfig,
  sparseSegmentSumConfig,
  stringNGramsConfig,
  stringSplitConfig,
} from '../../generated/tfjsKernels.js';
import { sparseToDense } from '../indexing/checkedIndices.js';
import { throughInt32 } from '../throughInt32.js';
import { staticRegexReplace } from './StaticRegexReplace.js';
import { stringToHashBucketFast } from './StringToHashBucketFast.js';

/** Sparse tensors and strings. */
export const sparse: readonly KernelConfig[] = [
  sparseToDense,
  staticRegexReplace,
  /* @__PURE__ */ throughInt32(sparseFillEmptyRowsConfig, 'bool', 1),
  sparseReshapeConfig,
  sparseSegmentMeanConfig,
  sparseSegmentSumConfig,
  stringNGramsConfig,
  stringSplitConfig,
  stringToHashBucketFast,
];
