import type { RangeKernel } from './ranges.js';

/** The compiled kernels for recurrent networks over whole sequences; see `SimdKernels` for what their numbers mean. */
export interface RecurrentExports {
  distinctRows(
    x: number,
    batch: number,
    time: number,
    features: number,
    rows: number,
    index: number,
    most: number,
    slots: number,
    bits: number,
  ): number;
  readonly gru: RangeKernel;
  readonly gruBefore: RangeKernel;
  readonly gruBeforeGrad: RangeKernel;
  readonly gruGrad: RangeKernel;
  interleaveGates(rows: number, units: number, gates: number, from: number, to: number): void;
  readonly lstm: RangeKernel;
  readonly lstmGrad: RangeKernel;
  packRecurrent(kernel: number, units: number, gates: number, to: number): void;
  packRecurrentBack(kernel: number, units: number, gates: number, to: number): void;
  recurrentPackedBytes(units: number, gates: number): number;
  recurrentScratch(units: number, gates: number): number;
  separateGates(rows: number, units: number, gates: number, from: number, to: number): void;
  readonly simpleRnn: RangeKernel;
  readonly simpleRnnGrad: RangeKernel;
}
