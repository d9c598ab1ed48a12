import {
  BLOCK, BLOCKS_ACROSS, BLOCKS_DOWN, ACROSS, component, DATA, DIVISORS, DOWN, PREDICTION, STRIDE,
} from './layout';
import { dropBits, isBroken, nextMarker, position, skipMarker, startBits } from './bits';
import { acFirst, acRefine, clearRun, dcFirst, dcRefine, sequentialBlock, takeRun } from './blocks';
import { flatBlock, transformBlock } from './transform';

let failure: usize = 0;

/** Where the scan broke off. */
export function failedAt(): usize {
  return failure;
}

let progressive: bool;
let start: i32;
let end: i32;
let high: i32;
let low: i32;

/**
 * Decodes one scan: into samples where it is sequential, into coefficients where it is progressive.
 *
 * @param components How many, and with 8 bits each from the lowest up, which.
 * @param interval MCUs between restart markers; 0: none.
 * @returns the address of the marker behind the scan, or 0 where its data is broken.
 */
export function decodeScan(
  from: usize, to: usize, isProgressive: bool, count: i32, components: u32, mcusAcross: i32, mcusDown: i32,
  interval: i32, firstCoefficient: i32, lastCoefficient: i32, highBit: i32, lowBit: i32,
): usize {
  progressive = isProgressive;
  start = firstCoefficient;
  end = lastCoefficient;
  high = highBit;
  low = lowBit;
  startBits(from, to);
  restart(count, components);
  const single = component(components & 255);
  // A scan of one component has no blocks that only fill up a MCU.
  const across = count == 1 ? load<i32>(single + BLOCKS_ACROSS) : mcusAcross;
  const down = count == 1 ? load<i32>(single + BLOCKS_DOWN) : mcusDown;
  let left = interval;
  let marker: u8 = 0;
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      if (interval > 0 && left == 0) {
        if (!skipMarker(0xd0 | marker)) return broken();
        marker = (marker + 1) & 7;
        left = interval;
        restart(count, components);
      }
      if (count == 1) {
        const skipped = skip(interval > 0 ? min(left, across - x) : across - x);
        if (skipped > 0) {
          x += skipped - 1;
          left -= skipped;
          continue;
        }
        decodeBlock(single, x, y);
      } else decodeUnit(count, components, x, y);
      if (isBroken()) return broken();
      left--;
    }
  }
  dropBits();
  return nextMarker();
}

function broken(): usize {
  failure = position();
  return 0;
}

function restart(count: i32, components: u32): void {
  dropBits();
  clearRun();
  for (let i = 0; i < count; i++) store<i32>(component((components >> (8 * i)) & 255) + PREDICTION, 0);
}

/** A run of blocks without coefficients costs nothing in the first scan that has these. */
@inline function skip(most: i32): i32 {
  return progressive && start > 0 && high == 0 ? takeRun(most) : 0;
}

function decodeUnit(count: i32, components: u32, x: i32, y: i32): void {
  for (let i = 0; i < count; i++) {
    const record = component((components >> (8 * i)) & 255);
    const across = load<i32>(record + ACROSS);
    const down = load<i32>(record + DOWN);
    for (let v = 0; v < down; v++) {
      for (let h = 0; h < across; h++) decodeBlock(record, x * across + h, y * down + v);
    }
  }
}

function decodeBlock(record: usize, x: i32, y: i32): void {
  const stride = load<usize>(record + STRIDE);
  const data = load<usize>(record + DATA);
  if (!progressive) {
    memory.fill(BLOCK, 0, 128);
    const used = sequentialBlock(BLOCK, record);
    const out = data + 64 * <usize>y * stride + 8 * <usize>x;
    const divisors = load<usize>(record + DIVISORS);
    if (used == 1) flatBlock(<i32>load<i16>(BLOCK), divisors, out, 8 * stride);
    else transformBlock(BLOCK, divisors, out, 8 * stride);
    return;
  }
  const block = data + 128 * (<usize>y * stride + <usize>x);
  if (start == 0) {
    if (high == 0) dcFirst(block, record, low);
    else dcRefine(block, low);
  } else if (high == 0) acFirst(block, record, start, end, low);
  else acRefine(block, record, start, end, low);
}
