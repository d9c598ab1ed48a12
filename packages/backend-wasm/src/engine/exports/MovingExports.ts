import type { RangeKernel } from './ranges.js';

/** The compiled kernels for moving elements: copies, gathers and scatters; see `SimdKernels` for what their numbers mean. */
export interface MovingExports {
  copyRows(
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
    bytes: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  readonly gather: RangeKernel;
  readonly unsortedSegmentSum: RangeKernel;
  moveRuns: RangeKernel;
  moveTurned: RangeKernel;
}
