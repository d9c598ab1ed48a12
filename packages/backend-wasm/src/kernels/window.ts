import type { backend_util } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../engine/WasmEngine.js';

type Info = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

/** Bytes that {@link putGeometry} writes, rounded up so that what follows stays aligned. */
export const GEOMETRY_BYTES = 96;

/**
 * Writes the sizes of a windowed operation where the compiled kernels read them; the order is assembly/geometry.ts's.
 * @param groups Into how many the channels of `info` are divided.
 */
export function putGeometry(engine: WasmEngine, at: number, info: Info, groups = 1): void {
  const deep = 'inDepth' in info;
  engine.putInts(at, [
    info.batchSize,
    deep ? info.inDepth : 1,
    info.inHeight,
    info.inWidth,
    info.inChannels / groups,
    deep ? info.outDepth : 1,
    info.outHeight,
    info.outWidth,
    info.outChannels / groups,
    deep ? info.filterDepth : 1,
    info.filterHeight,
    info.filterWidth,
    deep ? info.strideDepth : 1,
    info.strideHeight,
    info.strideWidth,
    deep ? info.dilationDepth : 1,
    info.dilationHeight,
    info.dilationWidth,
    deep ? info.padInfo.front : 0,
    info.padInfo.top,
    info.padInfo.left,
    groups,
  ]);
}

/** How many output positions the operation has: images x depth x height x width. */
export function outputPositions(info: Info): number {
  return info.batchSize * ('outDepth' in info ? info.outDepth : 1) * info.outHeight * info.outWidth;
}

/** How many elements of one channel-deep window there are: depth x height x width x input channels. */
export function windowSize(info: Info): number {
  return ('filterDepth' in info ? info.filterDepth : 1) * info.filterHeight * info.filterWidth * info.inChannels;
}
