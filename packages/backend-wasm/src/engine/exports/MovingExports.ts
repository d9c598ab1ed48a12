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
  gather(
    x: number,
    indices: number,
    out: number,
    batches: number,
    outer: number,
    size: number,
    count: number,
    sliceBytes: number,
  ): number;
  readonly unsortedSegmentSum: RangeKernel;
  moveRuns: RangeKernel;
  moveTurned: RangeKernel;
}
