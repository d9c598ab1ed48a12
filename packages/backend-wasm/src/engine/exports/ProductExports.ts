/** The compiled kernels for matrix products; see `SimdKernels` for what their numbers mean. */
export interface ProductExports {
  gemmRange(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aCol: number,
    b: number,
    bRow: number,
    bCol: number,
    c: number,
    accumulate: number,
    bias: number,
    activation: number,
    alpha: number,
    rows: number,
    cols: number,
    strips: number,
    table: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  gemmScratch(m: number, n: number, k: number): number;
  sumSlices(
    partials: number,
    slices: number,
    count: number,
    c: number,
    accumulate: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
}
