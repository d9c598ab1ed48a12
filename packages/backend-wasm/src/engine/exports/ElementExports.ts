import type { RangeKernel } from './ranges.js';

/** The compiled kernels for functions of elements, reductions and Fourier transforms; see `SimdKernels` for what their numbers mean. */
export interface ElementExports {
  biasActivation(x: number, rows: number, cols: number, bias: number, activation: number, alpha: number): void;
  keepPositive(x: number, scaled: number, out: number, count: number): void;
  fft(
    re: number,
    im: number,
    outRe: number,
    outIm: number,
    n: number,
    m: number,
    table: number,
    scale: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  biasActivationGrad(
    dy: number,
    y: number,
    dz: number,
    partial: number,
    rows: number,
    cols: number,
    blockRows: number,
    activation: number,
    alpha: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  reduce: RangeKernel;
  combineBlocks(
    op: number,
    partial: number,
    out: number,
    outer: number,
    blocks: number,
    inner: number,
    scale: number,
  ): void;
  argReduce: RangeKernel;
  combinePlaces(
    whole: number,
    best: number,
    places: number,
    out: number,
    outer: number,
    blocks: number,
    inner: number,
  ): void;
  binaryF32: RangeKernel;
  unaryF32: RangeKernel;
}
