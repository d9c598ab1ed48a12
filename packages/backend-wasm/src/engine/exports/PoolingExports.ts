/** The compiled kernels for pooling and its gradients; see `SimdKernels` for what their numbers mean. */
export interface PoolingExports {
  averagePool(geometry: number, x: number, out: number, first: number, last: number, scratch: number): void;
  averagePoolGrad(geometry: number, dy: number, dx: number, first: number, last: number, scratch: number): void;
  maxPool(geometry: number, x: number, out: number, first: number, last: number, scratch: number): void;
  maxPoolWithArgmax(geometry: number, x: number, out: number, positions: number, wholeBatch: number): void;
  maxPoolGradApart(
    geometry: number,
    x: number,
    dy: number,
    dx: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  maxPoolGradOver(
    geometry: number,
    x: number,
    dy: number,
    dx: number,
    block: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
}
