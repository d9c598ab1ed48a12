import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';
import { type ConvInfo, groupsOf } from './ConvInfo.js';
import { NO_EPILOGUE, type RowEpilogue, SLICES } from './direct.js';
import { findOddTiles, findWeakOutputs, oddBytes, watchBytes } from './winogradWatch.js';

/** With fewer channels the transforms cost more than they save. */
const LEAST_CHANNELS = 16;
/** With fewer tiles the transform of the filter costs more than it saves. */
const LEAST_TILES = 16;
/** Bytes of transformed input that are multiplied at a time: they stay in the second cache. */
const BLOCK_BYTES = 300_000;
/** With more weights the 36 sums of each that a thread keeps would take more than 64 MiB. */
const MOST_WEIGHTS = 2 ** 26 / (36 * 4);
/** Bytes that start a new line of the cache. */
const LINE = 64;

const tilesOf = (info: ConvInfo): number =>
  info.batchSize * Math.ceil(info.outHeight / 4) * Math.ceil(info.outWidth / 4);

const blockTiles = (channels: number): number =>
  Math.max(16, Math.min(64, Math.floor(BLOCK_BYTES / (144 * channels * 4)) * 4));

/** Whether Winograd's method computes this convolution, and faster. */
export function suitsWinograd(info: ConvInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { inChannels, outChannels, batchSize, outHeight, outWidth } = info;
  return (
    !('inDepth' in info) &&
    groupsOf(info) === 1 &&
    filterHeight === 3 &&
    filterWidth === 3 &&
    strideHeight === 1 &&
    strideWidth === 1 &&
    dilationHeight === 1 &&
    dilationWidth === 1 &&
    Math.min(inChannels, outChannels) >= LEAST_CHANNELS &&
    inChannels % 4 === 0 &&
    outChannels % 4 === 0 &&
    !crops(info) &&
    tilesOf(info) >= LEAST_TILES &&
    batchSize * outHeight * outWidth >= 8 * tilesOf(info)
  );
}

/** Whether there are inputs that no output reads: a tile would, and could not be held to what its outputs see. */
function crops({ padInfo: { top, left }, inHeight, inWidth, outHeight, outWidth }: ConvInfo): boolean {
  return top < 0 || left < 0 || inHeight + top > outHeight + 2 || inWidth + left > outWidth + 2;
}

const noneSet = (engine: WasmEngine, flags: number, count: number): boolean =>
  new Int32Array(engine.heap.buffer, flags, count).every((flag) => flag === 0);

/**
 * Convolution by Winograd's method; `flip` reads the filter as the input gradient does. Outputs that it would round more
 * than their own sum would be are computed directly. False where they are too many, or where a result is not finite: such
 * values spread over their tiles, so the caller must compute all in another way.
 */
export function winograd(
  engine: WasmEngine,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
  out: TensorInfo,
  { bias, activation, alpha }: RowEpilogue = NO_EPILOGUE,
  flip = false,
): boolean {
  const { inChannels: c, outChannels: n } = info;
  const perItem = blockTiles(c);
  const items = Math.ceil(tilesOf(info) / perItem);
  const flagBytes = Math.ceil((items * 4) / LINE) * LINE;
  const panels = Math.ceil(n / 8);
  const panelBytes = panels * 36 * c * 32;
  const geometry = engine.scratch(GEOMETRY_BYTES + flagBytes + panelBytes + watchBytes(info));
  putGeometry(engine, geometry, info);
  const flags = geometry + GEOMETRY_BYTES;
  const weights = flags + flagBytes;
  const weak = findWeakOutputs(engine, geometry, x, filter, info, flip, weights + panelBytes);
  if (weak === undefined) return false;
  const [inputs, outputs] = flip ? [n, c] : [c, n];
  const [filterAt, xAt, outAt] = [engine.offset(filter), engine.offset(x), engine.offset(out)];
  engine.split(
    'winogradFilter',
    [filterAt, inputs, outputs, flip ? 1 : 0, weights],
    panels,
    Math.ceil(1_000 / c),
    engine.simd.winogradScratch(c, perItem),
  );
  engine.split(
    'winogradConv',
    [geometry, xAt, weights, bias, activation, alpha, outAt, flags, perItem],
    items,
    1,
    engine.simd.winogradScratch(c, perItem),
  );
  if (!noneSet(engine, flags, items)) return false;
  if (weak.count === 0) return true;
  // Panels of 9 elements take the place of those of 36.
  engine.simd.packFilter(filterAt, 9, inputs, outputs, 1, flip ? 1 : 0, weights);
  engine.split(
    'winogradRepair',
    [geometry, xAt, weights, bias, activation, alpha, outAt, n, weak.places, weak.count],
    Math.ceil(weak.count / 16),
    1,
    engine.simd.winogradRepairScratch(c),
  );
  return true;
}

/**
 * The gradient of the filter by Winograd's method, tiles with values out of proportion directly; false as in
 * {@link winograd}, and where it would take too much memory.
 */
export function winogradFilterGradient(
  engine: WasmEngine,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
  out: TensorInfo,
): boolean {
  const { inChannels: c, outChannels: n, batchSize } = info;
  if (c * n > MOST_WEIGHTS) return false;
  const perItem = Math.ceil(batchSize / SLICES);
  const items = Math.ceil(batchSize / perItem);
  const size = 9 * c * n;
  const flagsAt = GEOMETRY_BYTES + oddBytes(info);
  const geometry = engine.scratch(flagsAt + LINE + items * size * 4);
  putGeometry(engine, geometry, info);
  const odd = findOddTiles(engine, x, dy, info, geometry + GEOMETRY_BYTES);
  if (odd === undefined) return false;
  const flags = geometry + flagsAt;
  const partials = flags + LINE;
  const perBlock = blockTiles(c);
  engine.split(
    'winogradFilterGrad',
    [geometry, engine.offset(x), engine.offset(dy), partials, flags, odd, perItem, perBlock],
    items,
    1,
    engine.simd.winogradGradScratch(c, n, perBlock),
  );
  engine.split('sumSlices', [partials, items, size, engine.offset(out), 0], Math.ceil(size / 256), 64);
  return noneSet(engine, flags, items);
}
