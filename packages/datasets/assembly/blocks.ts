// One block of a scan: sequential, or one of the four kinds of progressive scans (ITU-T T.81, F.2.2 and G.1.2).

import { AC_TABLE, DC_TABLE, PREDICTION, ZIGZAG } from './layout';
import { fail, isBroken, needBits, nextBit, readBits } from './bits';
import { nextNumber, nextSymbol } from './huffman';

/** How many blocks to come have no more coefficients in this scan. */
let emptyRun: i32 = 0;

export function clearRun(): void {
  emptyRun = 0;
}

/** Blocks that need not be looked at. */
@inline export function takeRun(most: i32): i32 {
  const taken = min(emptyRun, most);
  emptyRun -= taken;
  return taken;
}

@inline function place(block: usize, k: i32): usize {
  return block + 2 * <usize>load<u8>(ZIGZAG + <usize>k);
}

/** @returns the place in zigzag order behind the last coefficient. */
export function sequentialBlock(block: usize, record: usize): i32 {
  needBits();
  const size = nextSymbol(load<usize>(record + DC_TABLE));
  if (size > 15) fail();
  else if (size != 0) store<i32>(record + PREDICTION, load<i32>(record + PREDICTION) + nextNumber(size));
  store<i16>(block, <i16>load<i32>(record + PREDICTION));
  const table = load<usize>(record + AC_TABLE);
  let last = 1;
  for (let k = 1; k < 64; k++) {
    needBits();
    const symbol = nextSymbol(table);
    const bits = symbol & 15;
    k += symbol >> 4;
    if (bits == 0) {
      if (symbol != 0xf0) break;
      continue;
    }
    if (k > 63) {
      fail();
      break;
    }
    store<i16>(place(block, k), <i16>nextNumber(bits));
    last = k + 1;
  }
  return last;
}

export function dcFirst(block: usize, record: usize, low: i32): void {
  needBits();
  const size = nextSymbol(load<usize>(record + DC_TABLE));
  if (size > 15) fail();
  else if (size != 0) store<i32>(record + PREDICTION, load<i32>(record + PREDICTION) + nextNumber(size));
  store<i16>(block, <i16>(load<i32>(record + PREDICTION) << low));
}

export function dcRefine(block: usize, low: i32): void {
  if (nextBit() != 0) store<i16>(block, <i16>(<i32>load<i16>(block) | (1 << low)));
}

/** Called where no run covers the block. */
export function acFirst(block: usize, record: usize, start: i32, end: i32, low: i32): void {
  const table = load<usize>(record + AC_TABLE);
  for (let k = start; k <= end; k++) {
    needBits();
    const symbol = nextSymbol(table);
    const run = symbol >> 4;
    const bits = symbol & 15;
    if (bits == 0) {
      if (run != 15) {
        emptyRun = (1 << run) - 1 + (run > 0 ? readBits(run) : 0);
        return;
      }
      k += 15;
      continue;
    }
    k += run;
    if (k > end) {
      fail();
      return;
    }
    store<i16>(place(block, k), <i16>(nextNumber(bits) << low));
  }
}

export function acRefine(block: usize, record: usize, start: i32, end: i32, low: i32): void {
  const table = load<usize>(record + AC_TABLE);
  let k = start;
  if (emptyRun == 0) {
    for (; k <= end; k++) {
      needBits();
      const symbol = nextSymbol(table);
      let run = symbol >> 4;
      let value: i32 = 0;
      if ((symbol & 15) != 0) value = readBits(1) != 0 ? 1 << low : -1 << low;
      else if (run != 15) {
        emptyRun = (1 << run) + (run > 0 ? readBits(run) : 0);
        break;
      }
      for (; k <= end; k++) {
        const at = place(block, k);
        if (load<i16>(at) != 0) refine(at, low);
        else if (--run < 0) break;
      }
      if (value != 0) {
        if (k > end) fail();
        else store<i16>(place(block, k), <i16>value);
      }
      if (isBroken()) return;
    }
  }
  if (emptyRun > 0) {
    for (; k <= end; k++) {
      const at = place(block, k);
      if (load<i16>(at) != 0) refine(at, low);
    }
    emptyRun--;
  }
}

/** Adds a bit to the magnitude of a coefficient. */
@inline function refine(at: usize, low: i32): void {
  if (nextBit() == 0) return;
  const value = <i32>load<i16>(at);
  const bit = 1 << low;
  if ((value & bit) == 0) store<i16>(at, <i16>(value >= 0 ? value + bit : value - bit));
}
