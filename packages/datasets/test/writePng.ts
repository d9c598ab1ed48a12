import { deflateSync } from 'node:zlib';

/** A PNG file to be written, as numbers: the writer knows nothing of the decoder under test. */
export interface PngParts {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** One value a sample, row by row. */
  readonly samples: readonly number[];
  readonly interlaced?: boolean;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
}

export const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

/** `[first column, first row, column step, row step]` of the seven passes of Adam7. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Writes a PNG file (ISO/IEC 15948); the rows of a pass take the five filters in turn. */
export function writePng(parts: PngParts): Uint8Array {
  const { width, height, colourType, depth, interlaced = false, palette, transparency } = parts;
  const header = [...big(width, 4), ...big(height, 4), depth, colourType, 0, 0, interlaced ? 1 : 0];
  const rows = (interlaced ? PASSES : ([[0, 0, 1, 1]] as const)).flatMap((pass) => scan(parts, pass));
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', header),
    ...(palette ? chunk('PLTE', palette) : []),
    ...(transparency ? chunk('tRNS', transparency) : []),
    ...chunk('IDAT', [...deflateSync(Uint8Array.from(rows))]),
    ...chunk('IEND', []),
  ]);
}

function scan(
  { width, height, colourType, depth, samples }: PngParts,
  pass: readonly [number, number, number, number],
) {
  const [left, top, across, down] = pass;
  const channels = CHANNELS[colourType];
  const back = Math.max(1, (channels * depth) / 8);
  const bytes: number[] = [];
  let above: number[] = [];
  for (let y = top, filter = 0; y < height && left < width; y += down, filter = (filter + 1) % 5) {
    let bits = '';
    for (let x = left; x < width; x += across) {
      for (let c = 0; c < channels; c++) {
        bits += samples[(y * width + x) * channels + c]!.toString(2).padStart(depth, '0');
      }
    }
    const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
    const old = above;
    bytes.push(
      filter,
      ...row.map((byte, i) => (byte - predict(filter, row[i - back] ?? 0, old[i] ?? 0, old[i - back] ?? 0)) & 255),
    );
    above = row;
  }
  return bytes;
}

/** What the standard's filters expect of a byte, from those to the left (a), above (b) and both (c). */
function predict(filter: number, a: number, b: number, c: number): number {
  const p = a + b - c;
  const nearest = [a, b, c].toSorted((s, t) => Math.abs(p - s) - Math.abs(p - t))[0]!;
  return [0, a, b, Math.floor((a + b) / 2), nearest][filter]!;
}

function chunk(type: string, data: readonly number[]): number[] {
  const named = [...new TextEncoder().encode(type), ...data];
  return [...big(data.length, 4), ...named, ...big(crc32(named), 4)];
}

function big(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 255);
}

/** The cyclic redundancy check of PNG, bit by bit. */
function crc32(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
