import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import type { ConvInfo } from './ConvInfo.js';

/** An output whose window has less than this part of what its tile has is computed directly. */
const RATIO = 16;
/** Rows of tiles that are looked at together; two rows of pixels are read twice. */
const BAND_TILES = 8;
/** With more than one in so many to compute directly, all are. */
const MOST = 2;
/** A block may have so many times the mean of its channel: at least, by the number of tiles, and at most. */
const [LEAST_LIMIT, LIMIT_PER_TILE, MOST_LIMIT] = [8, 0.5, 256];
/** A channel with values in fewer blocks than this, or than a part of them, has nothing to compare them with. */
const [FEW, FEW_PART] = [2, 64];

/** How many pieces of memory {@link findWeakOutputs} asks for, in bytes. */
export function watchBytes(info: ConvInfo): number {
  const { items, stride } = bandsOf(info);
  return 4 * (2 * info.inChannels + info.outChannels + items * stride);
}

function bandsOf(info: ConvInfo): { items: number; stride: number; positions: number } {
  const tilesH = Math.ceil(info.outHeight / 4);
  const items = info.batchSize * Math.ceil(tilesH / BAND_TILES);
  const positions = info.batchSize * info.outHeight * info.outWidth;
  return { items, stride: 1 + 4 * BAND_TILES * info.outWidth, positions };
}

/**
 * The places of the outputs that Winograd's method would round too coarsely, at the address that is returned; undefined where
 * they are too many, or the filter is not even enough.
 * @param at {@link watchBytes} of memory.
 */
export function findWeakOutputs(
  engine: WasmEngine,
  geometry: number,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
  flip: boolean,
  at: number,
): { places: number; count: number } | undefined {
  const { inChannels: c, outChannels: n, outWidth } = info;
  const [inputs, outputs] = flip ? [n, c] : [c, n];
  if (engine.simd.winogradScales(engine.offset(filter), inputs, outputs, flip ? 1 : 0, at) === 0) return undefined;
  const found = at + 4 * (2 * c + n);
  const { items, stride, positions } = bandsOf(info);
  const scratch = engine.simd.winogradWatchScratch(outWidth, BAND_TILES);
  engine.split('winogradWatch', [geometry, engine.offset(x), at, found, BAND_TILES, RATIO], items, 1, scratch);
  const lists = new Int32Array(engine.heap.buffer, found, items * stride);
  let count = 0;
  for (let item = 0; item < items; item++) {
    const own = lists[item * stride]!;
    // Moved together at the start, never beyond what has been read.
    if (own > 0) lists.copyWithin(count, item * stride + 1, item * stride + 1 + own);
    count += own;
  }
  return count * MOST > positions ? undefined : { places: found, count };
}

/**
 * Which tiles have inputs or gradients out of proportion to their channel: an address with an integer for each, 0 where none
 * has any; undefined where they are too many.
 * @param at {@link oddBytes} of memory.
 */
export function findOddTiles(
  engine: WasmEngine,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
  at: number,
): number | undefined {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: c, outChannels: n, padInfo } = info;
  const { tilesH, tilesW, tiles } = tilesOf(info);
  const [down, across] = [tilesH + 1, tilesW + 1];
  const inputs = batchSize * down * across;
  const limit = Math.max(LEAST_LIMIT, Math.min(MOST_LIMIT, LIMIT_PER_TILE * tiles));
  const sumsAt = at + 4 * (inputs + 2 * tiles);
  const odd = (size: readonly number[], blocks: number, channels: number, sums: readonly number[], flags: number) => {
    const grain = Math.ceil(20_000 / (16 * channels * sums[1]!));
    engine.split(
      'blockSums',
      [...size, channels, ...sums.slice(2), sums[0]!, sums[1]!, sumsAt],
      blocks / sums[1]!,
      grain,
    );
    return engine.simd.oddBlocks(sumsAt, blocks, channels, limit, Math.max(FEW, Math.floor(blocks / FEW_PART)), flags);
  };
  const [xFlags, dyFlags] = [at, at + 4 * inputs];
  const ofX = odd([engine.offset(x), inHeight, inWidth], inputs, c, [down, across, padInfo.top, padInfo.left], xFlags);
  const ofDy = odd([engine.offset(dy), outHeight, outWidth], tiles, n, [tilesH, tilesW, 0, 0], dyFlags);
  if (ofX === 0 && ofDy === 0) return 0;
  if (ofX < 0 || ofDy < 0) return undefined;
  const ints = new Int32Array(engine.heap.buffer, at, inputs + 2 * tiles);
  let count = 0;
  for (let tile = 0; tile < tiles; tile++) {
    const [line, tw] = [Math.floor(tile / tilesW), tile % tilesW];
    const block = (line + Math.floor(line / tilesH)) * across + tw;
    // A tile reads the two first rows and columns of the blocks behind its own.
    const flag =
      ints[block]! | ints[block + 1]! | ints[block + across]! | ints[block + across + 1]! | ints[inputs + tile]!;
    ints[inputs + tiles + tile] = flag;
    count += flag;
  }
  return count * MOST > tiles ? undefined : dyFlags + 4 * tiles;
}

const tilesOf = ({ batchSize, outHeight, outWidth }: ConvInfo) => {
  const [tilesH, tilesW] = [Math.ceil(outHeight / 4), Math.ceil(outWidth / 4)];
  return { tilesH, tilesW, tiles: batchSize * tilesH * tilesW };
};

/** How many bytes of memory {@link findOddTiles} asks for. */
export function oddBytes(info: ConvInfo): number {
  const { tilesH, tilesW, tiles } = tilesOf(info);
  const inputs = info.batchSize * (tilesH + 1) * (tilesW + 1);
  const sums = Math.max(inputs * info.inChannels, tiles * info.outChannels);
  return Math.ceil((4 * (inputs + 2 * tiles + sums)) / 64) * 64;
}
