import type { backend_util, MaxPool3DGradAttrs, MaxPoolAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { computePool2DInfo, computePool3DInfo } from '../../generated/tfjsUtilities.js';
import type { Shape4D } from '../convolution/Conv2D.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';

/** The sizes of pooling in two or three dimensions. */
export type PoolInfo = backend_util.Conv2DInfo | backend_util.Conv3DInfo;
type Shape5D = [number, number, number, number, number];

export function info2D(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs): PoolInfo {
  return computePool2DInfo(x.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
}

export function info3D(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPool3DGradAttrs): PoolInfo {
  return computePool3DInfo(x.shape as Shape5D, filterSize, strides, 1, pad, dimRoundingMode);
}

/** Where the sizes lie that the compiled kernels read. */
export function geometryOf(engine: WasmEngine, info: PoolInfo): number {
  const at = engine.scratch(GEOMETRY_BYTES);
  putGeometry(engine, at, info);
  return at;
}

/** Rows of output: images x depth x height. */
export function outputRows(info: PoolInfo): number {
  return info.batchSize * ('outDepth' in info ? info.outDepth : 1) * info.outHeight;
}

/** Whether no element lies in two windows. */
export function isApart(info: PoolInfo): boolean {
  return (
    info.strideHeight >= info.filterHeight &&
    info.strideWidth >= info.filterWidth &&
    (!('strideDepth' in info) || info.strideDepth >= info.filterDepth)
  );
}
