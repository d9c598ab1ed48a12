import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { requireFloat32, requireShape } from '../checks.js';
import { gemm, matrixAt } from '../matmul/gemm.js';
import { GEOMETRY_BYTES, outputPositions, putGeometry, windowSize } from '../window.js';
import { blockRows, blocks } from './blocks.js';

/** The sizes of a convolution in two or three dimensions. */
export type ConvInfo = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

/** A 1x1 convolution without strides or padding reads each pixel once: the image itself is the matrix of its windows. */
function isPointwise(info: ConvInfo): boolean {
  return (
    windowSize(info) === info.inChannels &&
    outputPositions(info) === info.batchSize * ('inDepth' in info ? info.inDepth : 1) * info.inHeight * info.inWidth &&
    info.padInfo.top === 0 &&
    info.padInfo.left === 0 &&
    (!('inDepth' in info) || info.padInfo.front === 0)
  );
}

interface Plan {
  readonly width: number;
  readonly positions: number;
  readonly geometry: number;
  readonly windows: number;
}

/** Lays the geometry and a block of windows out in one piece. */
function plan(engine: WasmEngine, info: ConvInfo): Plan {
  const width = windowSize(info);
  const positions = outputPositions(info);
  const rows = blockRows(positions, width);
  const windowBytes = isPointwise(info) ? 0 : rows * width * 4;
  const geometry = engine.scratch(GEOMETRY_BYTES + windowBytes);
  putGeometry(engine, geometry, info);
  return { width, positions, geometry, windows: geometry + GEOMETRY_BYTES };
}

/** y[position, outChannel] = windows of x times the filter. */
export function convolve(
  kernel: string,
  engine: WasmEngine,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  requireFloat32(kernel, { x, filter });
  const out = engine.makeOutput(info.outShape, 'float32');
  const n = info.outChannels;
  const { width, positions, geometry, windows } = plan(engine, info);
  const [xAt, outAt] = [engine.offset(x), engine.offset(out)];
  const weights = matrixAt(engine.offset(filter), n);
  if (isPointwise(info)) {
    gemm(engine, [positions, n, width], matrixAt(xAt, width), weights, outAt);
    return out;
  }
  for (const [first, count] of blocks(positions, width)) {
    engine.simd.im2col(geometry, xAt, windows, first, count);
    gemm(engine, [count, n, width], matrixAt(windows, width), weights, outAt + first * n * 4);
  }
  return out;
}

/** The gradient of the filter: the windows' transpose times dy, summed over blocks of positions. */
export function filterGradient(
  kernel: string,
  engine: WasmEngine,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  requireFloat32(kernel, { x, dy });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const out = engine.makeOutput(info.filterShape, 'float32');
  const n = info.outChannels;
  const { width, positions, geometry, windows } = plan(engine, info);
  const [xAt, dyAt, outAt] = [engine.offset(x), engine.offset(dy), engine.offset(out)];
  if (isPointwise(info) || positions === 0) {
    gemm(engine, [width, n, positions], matrixAt(xAt, width, true), matrixAt(dyAt, n), outAt);
    return out;
  }
  for (const [first, count] of blocks(positions, width)) {
    engine.simd.im2col(geometry, xAt, windows, first, count);
    const dyBlock = matrixAt(dyAt + first * n * 4, n);
    gemm(engine, [width, n, count], matrixAt(windows, width, true), dyBlock, outAt, { accumulate: first > 0 });
  }
  return out;
}

/** The gradient of the input: dy times the filter's transpose gives windows, which are added up where they came from. */
export function inputGradient(
  kernel: string,
  engine: WasmEngine,
  dy: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  requireFloat32(kernel, { dy, filter });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const out = engine.makeOutput(info.inShape, 'float32');
  const n = info.outChannels;
  const { width, positions, geometry, windows } = plan(engine, info);
  const [dyAt, outAt] = [engine.offset(dy), engine.offset(out)];
  const weights = matrixAt(engine.offset(filter), n, true);
  if (isPointwise(info)) {
    gemm(engine, [positions, width, n], matrixAt(dyAt, n), weights, outAt);
    return out;
  }
  engine.typedArrayFromHeap(out).fill(0);
  for (const [first, count] of blocks(positions, width)) {
    gemm(engine, [count, width, n], matrixAt(dyAt + first * n * 4, n), weights, windows);
    engine.simd.col2im(geometry, outAt, windows, first, count);
  }
  return out;
}
