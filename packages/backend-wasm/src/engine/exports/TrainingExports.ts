import type { RangeKernel, TableKernel } from './ranges.js';

/** The compiled kernels for optimizer steps, clipping and dropout; see `SimdKernels` for what their numbers mean. */
export interface TrainingExports {
  adamUpdate: TableKernel;
  lionUpdate: TableKernel;
  rmspropUpdate: TableKernel;
  sgdUpdate: TableKernel;
  scaleAll: TableKernel;
  sumSquares: TableKernel;
  dropout: RangeKernel;
}
