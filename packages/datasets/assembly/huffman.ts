// Tables of prefix codes. A table has, one after the other: for each 9 bits that may come next, the length of the code that
// they begin with and its symbol; for each length the first number that is too great for it; what to add to a code of that
// length to find its symbol; the symbols.

import { readBits, peekBits, skipBits, fail } from './bits';

const LOOK: i32 = 9;
const LIMITS: usize = 1024;
const SHIFTS: usize = 1024 + 72;
const SYMBOLS: usize = 1024 + 144;

/**
 * Makes a table out of 16 counts and the symbols after them.
 * @returns false if there are more codes of a length than bits can tell apart.
 */
export function buildHuffmanTable(table: usize, counts: usize, symbols: i32): bool {
  memory.fill(table, 0, SYMBOLS);
  memory.copy(table + SYMBOLS, counts + 16, <usize>symbols);
  let code: i32 = 0;
  let first: i32 = 0;
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(counts + <usize>length - 1);
    if (code + count > 1 << length) return false;
    store<i32>(table + SHIFTS + 4 * <usize>length, first - code);
    if (length <= LOOK) {
      for (let i = 0; i < count; i++) {
        const entry = <u16>((length << 8) | <i32>load<u8>(table + SYMBOLS + <usize>(first + i)));
        const start = (code + i) << (LOOK - length);
        const end = (code + i + 1) << (LOOK - length);
        for (let j = start; j < end; j++) store<u16>(table + 2 * <usize>j, entry);
      }
    }
    code += count;
    first += count;
    // Aligned to 16 bits, to be compared with what comes next.
    store<i32>(table + LIMITS + 4 * <usize>length, code << (16 - length));
    code <<= 1;
  }
  return true;
}

/** The next symbol. There must be 16 bits. */
@inline export function nextSymbol(table: usize): i32 {
  const entry = <i32>load<u16>(table + 2 * <usize>peekBits(LOOK));
  if (entry != 0) {
    skipBits(entry >> 8);
    return entry & 255;
  }
  return longSymbol(table);
}

function longSymbol(table: usize): i32 {
  const ahead = peekBits(16);
  for (let length = LOOK + 1; length <= 16; length++) {
    if (ahead >= load<i32>(table + LIMITS + 4 * <usize>length)) continue;
    const place = (ahead >> (16 - length)) + load<i32>(table + SHIFTS + 4 * <usize>length);
    skipBits(length);
    return <i32>load<u8>(table + SYMBOLS + <usize>(place & 255));
  }
  fail();
  return 0;
}

/** The number of `size` bits that follows: with a leading 0 it is negative. There must be as many bits. */
@inline export function nextNumber(size: i32): i32 {
  const bits = readBits(size);
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}
