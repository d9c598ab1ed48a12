import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';
import { type ConvInfo, groupsOf } from './ConvInfo.js';

/** Output positions in a block: enough to spread the copied border over, few enough for their inputs to stay near. */
const BLOCK_POSITIONS = 256;
/** Multiply-adds worth a thread. */
const GRAIN = 300_000;
/** Partial sums of a filter's gradient; images are dealt out to them whatever the number of threads. */
export const SLICES = 8;

/** Bias and activation in the form that compiled kernels take. */
export interface RowEpilogue {
  readonly bias: number;
  readonly activation: number;
  readonly alpha: number;
}

/** Neither bias nor activation. */
export const NO_EPILOGUE: RowEpilogue = { bias: 0, activation: 0, alpha: 0 };

interface Sizes {
  readonly taps: number;
  /** Slabs of output: images times depth. */
  readonly slabs: number;
  readonly blockRows: number;
  /** Bytes of the input rows of a block, with their padding, of all groups. */
  readonly rowBytes: number;
}

function sizesOf(info: ConvInfo): Sizes {
  const depth = 'filterDepth' in info ? info.filterDepth : 1;
  const blockRows = Math.max(1, Math.min(info.outHeight, Math.ceil(BLOCK_POSITIONS / Math.max(1, info.outWidth))));
  const tall = (blockRows - 1) * info.strideHeight + (info.filterHeight - 1) * info.dilationHeight + 1;
  const across = (info.outWidth - 1) * info.strideWidth + (info.filterWidth - 1) * info.dilationWidth + 1;
  return {
    taps: depth * info.filterHeight * info.filterWidth,
    slabs: info.batchSize * ('outDepth' in info ? info.outDepth : 1),
    blockRows,
    rowBytes: align(4 * depth * tall * across * info.inChannels),
  };
}

const align = (bytes: number) => (bytes + 15) & ~15;

/** Convolution from the image as it lies, bias and activation included; `flip` reads the filter as the input gradient does. */
export function direct(
  engine: WasmEngine,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
  out: TensorInfo,
  { bias, activation, alpha }: RowEpilogue = NO_EPILOGUE,
  flip = false,
): void {
  const groups = groupsOf(info);
  const [c, n] = [info.inChannels / groups, info.outChannels / groups];
  const { taps, slabs, blockRows, rowBytes } = sizesOf(info);
  const geometry = engine.scratch(GEOMETRY_BYTES + groups * Math.ceil(n / 8) * taps * c * 32);
  putGeometry(engine, geometry, info, groups);
  const panels = geometry + GEOMETRY_BYTES;
  const [inputs, outputs] = flip ? [n, c] : [c, n];
  engine.simd.packFilter(engine.offset(filter), taps, inputs, outputs, groups, flip ? 1 : 0, panels);
  engine.split(
    'directConv',
    [geometry, engine.offset(x), panels, bias, activation, alpha, engine.offset(out), blockRows],
    slabs * Math.ceil(info.outHeight / blockRows),
    Math.ceil(GRAIN / (1 + blockRows * info.outWidth * taps * c * n * groups)),
    rowBytes,
  );
}

/** The sizes of the convolution that carries gradients back through one of stride 1: output and input change places. */
export function backwardInfo(info: ConvInfo): ConvInfo {
  const padInfo = {
    ...info.padInfo,
    top: (info.filterHeight - 1) * info.dilationHeight - info.padInfo.top,
    left: (info.filterWidth - 1) * info.dilationWidth - info.padInfo.left,
  };
  const back = {
    ...info,
    filterShape: [...info.filterShape.slice(0, -2), info.outChannels / groupsOf(info), info.inChannels],
    inHeight: info.outHeight,
    inWidth: info.outWidth,
    inChannels: info.outChannels,
    outHeight: info.inHeight,
    outWidth: info.inWidth,
    outChannels: info.inChannels,
  };
  if (!('inDepth' in info)) return { ...back, padInfo } as ConvInfo;
  const front = (info.filterDepth - 1) * info.dilationDepth - info.padInfo.front;
  return { ...back, inDepth: info.outDepth, outDepth: info.inDepth, padInfo: { ...padInfo, front } } as ConvInfo;
}

/** The gradient of the filter: sums over runs of images, then the sum of those. */
export function directFilterGradient(
  engine: WasmEngine,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
  out: TensorInfo,
): void {
  const { batchSize } = info;
  const groups = groupsOf(info);
  const [c, n] = [info.inChannels / groups, info.outChannels / groups];
  const { taps, blockRows, rowBytes } = sizesOf(info);
  const k = taps * c;
  const panels = Math.ceil(n / 8);
  const perItem = Math.max(1, Math.ceil(batchSize / SLICES));
  const items = Math.ceil(batchSize / perItem);
  const geometry = engine.scratch(GEOMETRY_BYTES + items * groups * panels * k * 32);
  putGeometry(engine, geometry, info, groups);
  const partials = geometry + GEOMETRY_BYTES;
  engine.split(
    'convFilterGrad',
    [geometry, engine.offset(x), engine.offset(dy), partials, perItem, blockRows],
    items * groups,
    1,
    align(4 * k) + rowBytes + panels * blockRows * info.outWidth * 32,
  );
  const grain = Math.ceil(50_000 / (1 + items * k));
  engine.split('sumPanels', [partials, items, k, n, groups, engine.offset(out)], groups * panels, grain);
}
