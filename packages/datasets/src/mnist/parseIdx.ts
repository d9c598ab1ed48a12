import { type Bytes, bytesOf, DataError } from '@espalier/core';

/** An array read from an idx file. */
export interface IdxArray {
  /** The sizes of the axes, as in `[60000, 28, 28]`. */
  readonly shape: number[];
  /** A view of the bytes given, not a copy, unless they are shared between threads or can be resized. */
  readonly data: Uint8Array;
}

/** The other types that the format knows. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  '09': 'signed bytes',
  '0b': '16-bit integers',
  '0c': '32-bit integers',
  '0d': '32-bit floats',
  '0e': '64-bit floats',
};

/**
 * Reads the idx format of MNIST: two zero bytes, the type (8: unsigned bytes), the number of axes, the size of each as
 * a 32-bit big-endian integer, the values.
 *
 * @param where The file that the bytes came from: errors begin with it. Default `idx`.
 * @throws DataError if the file is something else, truncated, or has bytes left over.
 *
 * @example
 * ```ts
 * import { parseIdx } from '@espalier/datasets';
 *
 * const { shape, data } = parseIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), 'labels');
 * if (shape[0] !== 2 || data.join() !== '7,9') throw new Error('wrong array');
 * ```
 */
export function parseIdx(file: Bytes, where = 'idx'): IdxArray {
  const bytes = bytesOf(file, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  requireBytes(4, 'the magic number', 0);
  const axes = bytes[3]!;
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 8 || axes === 0) {
    const hex = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DataError({
      where: `${where}, offset 0`,
      problem: 'not an idx file of unsigned bytes',
      expected: 'the magic number 00 00 08 and the number of axes',
      got: `${hex}${remark(hex)}`,
    });
  }
  const start = 4 + 4 * axes;
  requireBytes(start, `the sizes of ${axes} axes`, 4);
  const shape = Array.from({ length: axes }, (_, axis) => view.getInt32(4 + 4 * axis));
  const negative = shape.findIndex((size) => size < 0);
  if (negative >= 0) {
    throw new DataError({
      where: `${where}, offset ${4 + 4 * negative}`,
      problem: `the size of axis ${negative} is negative`,
      expected: `0 to ${2 ** 31 - 1}`,
      got: String(shape[negative]),
    });
  }
  // A product of many sizes may leave the numbers, and infinity times nothing is none.
  const end = start + (shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1));
  requireBytes(end, `values of shape (${shape.join(', ')})`, start);
  if (bytes.length > end) {
    throw new DataError({
      where: `${where}, offset ${end}`,
      problem: 'there are bytes after the last value',
      expected: `${end} bytes, for shape (${shape.join(', ')})`,
      got: `${bytes.length} bytes`,
    });
  }
  return { shape, data: bytes.subarray(start, end) };

  function requireBytes(needed: number, what: string, offset: number): void {
    if (bytes.length >= needed) return;
    throw new DataError({
      where: `${where}, offset ${offset}`,
      problem: `truncated in ${what}`,
      expected: `${needed} bytes`,
      got: `${bytes.length} bytes`,
      mend: 'fetch the file again',
    });
  }
}

function remark(hex: string): string {
  if (hex.startsWith('1f 8b')) return ': a gzip file, to be unpacked first';
  const type = hex.startsWith('00 00') ? OTHER_TYPES[hex.slice(6, 8)] : undefined;
  return type === undefined ? '' : `: ${type}`;
}
