import type { WasmEngine } from '../../engine/WasmEngine.js';

/** A matrix in the heap: strides are in elements, so that a transpose is two numbers swapped. */
export interface Matrix {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

/** A row-major matrix of `columns` columns, or the transpose of one. */
export function matrixAt(at: number, columns: number, transposed = false): Matrix {
  return transposed ? { at, row: 1, column: columns } : { at, row: columns, column: 1 };
}

/** C[m, n] = A[m, k] B[k, n], or C += A B; C is row-major. `scratch` has `simd.gemmScratch(m, n, k)` bytes. */
export function gemm(
  engine: WasmEngine,
  [m, n, k]: readonly [number, number, number],
  a: Matrix,
  b: Matrix,
  c: number,
  scratch: number,
  accumulate = false,
): void {
  engine.simd.gemm(m, n, k, a.at, a.row, a.column, b.at, b.row, b.column, c, n, accumulate ? 1 : 0, scratch);
}
