import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { requireFloat32, requireShape } from '../checks.js';
import { gemm, matrixAt } from '../matmul/gemm.js';
import { GEOMETRY_BYTES, outputPositions, putGeometry, windowSize } from '../window.js';
import { blockRows, blocks } from './blocks.js';
import { type ConvInfo, groupsOf } from './ConvInfo.js';
import { backwardInfo, direct, directFilterGradient, type RowEpilogue } from './direct.js';
import { suitsWinograd, winograd, winogradFilterGradient } from './winograd.js';

/**
 * A 1x1 convolution without strides or padding reads each pixel once: the image itself is the matrix of its windows. Along
 * each axis by itself: padding behind one may make up for strides along another.
 */
function isPointwise(info: ConvInfo): boolean {
  const whole = (size: number, positions: number, stride: number, before: number) =>
    positions === size && before === 0 && (stride === 1 || size <= 1);
  const { padInfo } = info;
  return (
    groupsOf(info) === 1 &&
    windowSize(info) === info.inChannels &&
    whole(info.inHeight, info.outHeight, info.strideHeight, padInfo.top) &&
    whole(info.inWidth, info.outWidth, info.strideWidth, padInfo.left) &&
    (!('inDepth' in info) || whole(info.inDepth, info.outDepth, info.strideDepth, info.padInfo.front))
  );
}

/** y[position, outChannel] = windows of x times the filter, then bias and activation where given. */
export function convolve(
  kernel: string,
  engine: WasmEngine,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
  epilogue?: RowEpilogue,
): TensorInfo {
  requireFloat32(kernel, { x, filter });
  const out = engine.makeOutput(info.outShape, 'float32');
  if (!isPointwise(info)) {
    if (!suitsWinograd(info) || !winograd(engine, x, filter, info, out, epilogue)) {
      direct(engine, x, filter, info, out, epilogue);
    }
    return out;
  }
  const n = info.outChannels;
  const [width, positions] = [windowSize(info), outputPositions(info)];
  const weights = matrixAt(engine.offset(filter), n);
  gemm(engine, [positions, n, width], matrixAt(engine.offset(x), width), weights, engine.offset(out), epilogue);
  return out;
}

/** The gradient of the filter: the windows' transpose times dy, summed over positions. */
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
  if (!isPointwise(info)) {
    if (!suitsWinograd(info) || !winogradFilterGradient(engine, x, dy, info, out)) {
      directFilterGradient(engine, x, dy, info, out);
    }
    return out;
  }
  const n = info.outChannels;
  const [width, positions] = [windowSize(info), outputPositions(info)];
  const windows = matrixAt(engine.offset(x), width, true);
  gemm(engine, [width, n, positions], windows, matrixAt(engine.offset(dy), n), engine.offset(out));
  return out;
}

/** Channels that the direct convolution computes at a time; with fewer, most of its work would be thrown away. */
const PANEL = 8;

const hasUnitStrides = (info: ConvInfo): boolean =>
  info.strideHeight === 1 && info.strideWidth === 1 && (!('strideDepth' in info) || info.strideDepth === 1);

/**
 * The gradient of the input. Without strides it is a convolution of dy with the filter turned around. With them, or into few
 * channels of no group, dy times the filter's transpose gives windows, which are added up where they came from.
 */
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
  const columns = info.outChannels;
  const [dyAt, outAt, filterAt] = [engine.offset(dy), engine.offset(out), engine.offset(filter)];
  const positions = outputPositions(info);
  if (isPointwise(info)) {
    const sizes = [positions, info.inChannels, columns] as const;
    gemm(engine, sizes, matrixAt(dyAt, columns), matrixAt(filterAt, columns, true), outAt);
    return out;
  }
  const groups = groupsOf(info);
  const channels = info.inChannels / groups;
  if ((groups > 1 || channels >= PANEL) && hasUnitStrides(info)) {
    const back = backwardInfo(info);
    if (!suitsWinograd(back) || !winograd(engine, dy, filter, back, out, undefined, true)) {
      direct(engine, dy, filter, back, out, undefined, true);
    }
    return out;
  }
  const n = columns / groups;
  const width = windowSize(info) / groups;
  // The geometry and a block of windows in one piece.
  const geometry = engine.scratch(GEOMETRY_BYTES + blockRows(positions, width) * width * 4);
  putGeometry(engine, geometry, info, groups);
  const windows = geometry + GEOMETRY_BYTES;
  engine.typedArrayFromHeap(out).fill(0);
  for (const [first, count] of blocks(positions, width)) {
    for (let group = 0; group < groups; group++) {
      const rows = matrixAt(dyAt + (first * columns + group * n) * 4, columns);
      gemm(engine, [count, width, n], rows, matrixAt(filterAt + group * n * 4, columns, true), windows);
      engine.simd.col2im(geometry, outAt + group * channels * 4, windows, first, count);
    }
  }
  return out;
}
