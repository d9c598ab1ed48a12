import { Damage } from '../Damage.js';

/** A marker with what belongs to it. */
export interface Segment {
  /** The byte after 0xff. */
  readonly marker: number;
  /** Where the marker stands. */
  readonly offset: number;
  /** Without the two bytes of its length. */
  readonly data: Uint8Array;
  /** Where the next one is to be looked for. */
  readonly end: number;
}

const NOTHING = new Uint8Array(0);

/** The next marker from `at` on, over bytes that belong to none, as browsers do; undefined at the end of the file. */
export function nextSegment(bytes: Uint8Array, at: number): Segment | undefined {
  let offset = at;
  for (; ; offset++) {
    offset = bytes.indexOf(0xff, offset);
    if (offset < 0 || offset + 1 >= bytes.length) return undefined;
    const marker = bytes[offset + 1]!;
    if (marker !== 0 && marker !== 0xff) break;
  }
  const marker = bytes[offset + 1]!;
  // The markers of restarts and of both ends have no data.
  if ((marker >= 0xd0 && marker <= 0xd9) || marker === 0x01) return { marker, offset, data: NOTHING, end: offset + 2 };
  const length = offset + 4 <= bytes.length ? (bytes[offset + 2]! << 8) | bytes[offset + 3]! : 0;
  const end = offset + 2 + length;
  if (length < 2 || end > bytes.length) throw new Damage(offset, 'a segment is cut short');
  return { marker, offset, data: bytes.subarray(offset + 4, end), end };
}
