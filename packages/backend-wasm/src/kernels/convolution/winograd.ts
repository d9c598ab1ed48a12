import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';
import { type ConvInfo, groupsOf } from './ConvInfo.js';
import { NO_EPILOGUE, type RowEpilogue, SLICES } from './direct.js';

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
    tilesOf(info) >= LEAST_TILES &&
    batchSize * outHeight * outWidth >= 8 * tilesOf(info)
  );
}

const noneSet = (engine: WasmEngine, flags: number, count: number): boolean =>
  new Int32Array(engine.heap.buffer, flags, count).every((flag) => flag === 0);

/**
 * Convolution by Winograd's method; `flip` reads the filter as the input gradient does. False where a result is not finite:
 * such values spread over their tiles, so the caller must compute them in another way.
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
  const geometry = engine.scratch(GEOMETRY_BYTES + flagBytes + panels * 36 * c * 32);
  putGeometry(engine, geometry, info);
  const flags = geometry + GEOMETRY_BYTES;
  const weights = flags + flagBytes;
  const [inputs, outputs] = flip ? [n, c] : [c, n];
  engine.split(
    'winogradFilter',
    [engine.offset(filter), inputs, outputs, flip ? 1 : 0, weights],
    panels,
    Math.ceil(1_000 / c),
    engine.simd.winogradScratch(c, perItem),
  );
  engine.split(
    'winogradConv',
    [geometry, engine.offset(x), weights, bias, activation, alpha, engine.offset(out), flags, perItem],
    items,
    1,
    engine.simd.winogradScratch(c, perItem),
  );
  return noneSet(engine, flags, items);
}

/** The gradient of the filter by Winograd's method; false as in {@link winograd}, and where it would take too much memory. */
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
  const geometry = engine.scratch(GEOMETRY_BYTES + LINE + items * size * 4);
  putGeometry(engine, geometry, info);
  const flags = geometry + GEOMETRY_BYTES;
  const partials = flags + LINE;
  const perBlock = blockTiles(c);
  engine.split(
    'winogradFilterGrad',
    [geometry, engine.offset(x), engine.offset(dy), partials, flags, perItem, perBlock],
    items,
    1,
    engine.simd.winogradGradScratch(c, n, perBlock),
  );
  engine.split('sumSlices', [partials, items, size, engine.offset(out), 0], Math.ceil(size / 256), 64);
  return noneSet(engine, flags, items);
}
