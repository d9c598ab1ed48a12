import { ShapeError } from '@espalier/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { assertAndGetBroadcastShape, sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { type GemmOptions, gemm, gemmBatch, matrixAt } from './gemm.js';

/** For each position of the broadcast batch, the index of the matrix to use of a tensor with batch shape `from`. */
function batchIndices(from: readonly number[], to: readonly number[]): Int32Array {
  const indices = new Int32Array(sizeFromShape(to as number[]));
  const lead = to.length - from.length;
  for (let i = 0; i < indices.length; i++) {
    let rest = i;
    let index = 0;
    let stride = 1;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const position = rest % to[axis]!;
      rest = Math.floor(rest / to[axis]!);
      const size = axis >= lead ? from[axis - lead]! : 1;
      if (size > 1) index += position * stride;
      stride *= size;
    }
    indices[i] = index;
  }
  return indices;
}

/** The product of the last two axes of `a` and `b`, either of them transposed, over the broadcast of the axes before. */
export function matMul(
  kernel: string,
  engine: WasmEngine,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  options: GemmOptions = {},
): TensorInfo {
  requireFloat32(kernel, { a, b });
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [depth, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (k !== depth) {
    throw new ShapeError({
      where: kernel,
      problem: 'the inner sizes of a matrix product differ',
      expected: `a ${transposeA ? 'transposed ' : ''}[${a.shape}] to have as many columns as b has rows`,
      got: `b ${transposeB ? 'transposed ' : ''}[${b.shape}]`,
    });
  }
  const aBatch = a.shape.slice(0, -2);
  const bBatch = b.shape.slice(0, -2);
  const batch = assertAndGetBroadcastShape(aBatch, bBatch);
  const out = engine.makeOutput([...batch, m, n], 'float32');
  const [aAt, bAt, outAt] = [engine.offset(a), engine.offset(b), engine.offset(out)];

  const products = sizeFromShape(batch);
  // One right side for all and rows that follow each other: the batch is one tall matrix.
  const tall = !transposeA && sizeFromShape(bBatch) === 1;
  const rows = tall ? products * m : m;
  const left = matrixAt(aAt, aColumns, transposeA);
  const right = matrixAt(bAt, bColumns, transposeB);
  if (tall || products === 1) {
    gemm(engine, [rows, n, k], left, right, outAt, options);
    return out;
  }
  const bIndex = batchIndices(bBatch, batch);
  const pairs = Array.from(
    batchIndices(aBatch, batch),
    (index, i) => [index * m * k * 4, bIndex[i]! * k * n * 4] as const,
  );
  gemmBatch(engine, [m, n, k], left, right, outAt, pairs, options);
  return out;
}
