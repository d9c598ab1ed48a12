import { Damage } from '../Damage.js';
import { crc32 } from './crc32.js';

/** What the chunks of a PNG file say, with the pixels still compressed. */
export interface PngFile {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** Samples a pixel, before a palette or a transparent colour is applied. */
  readonly channels: number;
  readonly interlaced: boolean;
  /** Red, green and blue of each colour, for images whose samples are numbers of colours. */
  readonly palette: Uint8Array | undefined;
  /** The chunk tRNS: the alpha of each colour of the palette, or the samples of the transparent colour. */
  readonly transparency: Uint8Array | undefined;
  /** The chunk eXIf. */
  readonly exif: Uint8Array | undefined;
  /** The chunks IDAT, in their order, and where the first of them is. */
  readonly compressed: readonly Uint8Array[];
  readonly offset: number;
}

/** The channels and depths that each colour type may have. */
const COLOUR_TYPES: Record<number, { channels: number; depths: readonly number[] }> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

/** The chunk that ends a file, which has nothing in it. */
const END = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];

/** What is looked at; texts and colour profiles, which may be compressed, are not. */
interface Chunks {
  IHDR?: Uint8Array;
  PLTE?: Uint8Array;
  tRNS?: Uint8Array;
  eXIf?: Uint8Array;
}

/** Reads the header, which is the first chunk (ISO/IEC 15948, 11.2.2), and nothing after it. */
export function readPngHeader(bytes: Uint8Array): Omit<PngFile, 'palette' | 'transparency' | 'exif' | 'compressed'> {
  const { type, data } = readChunk(bytes, 8);
  if (type !== 'IHDR' || data.length !== 13) throw new Damage(8, 'there is no valid header (IHDR)');
  const view = new DataView(data.buffer, data.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filtering, interlacing] = [...data.subarray(8)] as [
    number,
    number,
    number,
    number,
    number,
  ];
  const kind = COLOUR_TYPES[colourType];
  if (!kind?.depths.includes(depth)) throw new Damage(8, `colour type ${colourType} with ${depth} bits does not exist`);
  if (width === 0 || height === 0) throw new Damage(8, `the header announces ${width} x ${height} pixels`);
  if (compression !== 0 || filtering !== 0 || interlacing > 1) throw new Damage(8, 'the header names unknown methods');
  return { width, height, depth, channels: kind.channels, interlaced: interlacing === 1, offset: 8 };
}

/** Reads the chunks of a PNG file and verifies their checksums. */
export function readPng(bytes: Uint8Array): PngFile {
  const header = readPngHeader(bytes);
  const isPalette = bytes[25] === 3;
  const chunks: Chunks = {};
  const compressed: Uint8Array[] = [];
  let [offset, last] = [0, 0];
  for (let at = 8; ; ) {
    // As other readers do, we let the end marker be missing once there are pixels.
    if (compressed.length > 0 && isCutEnd(bytes, at)) break;
    const { type, data, end } = readChunk(bytes, at);
    if (type === 'IEND') break;
    if (type === 'IDAT') {
      // Those that do not follow the first ones are no part of the image.
      if (compressed.length === 0 || last === at) {
        if (compressed.length === 0) offset = at;
        compressed.push(data);
        last = end;
      }
    } else if (type === 'IHDR' || type === 'PLTE' || type === 'tRNS' || type === 'eXIf') chunks[type] ??= data;
    else if ((type.charCodeAt(0) & 32) === 0)
      throw new Damage(at, `the chunk ${printable(type)} is unknown and critical`);
    at = end;
  }
  if (compressed.length === 0) throw new Damage(bytes.length, 'there are no pixels (IDAT)');
  const { PLTE, tRNS, eXIf } = chunks;
  if (isPalette && (PLTE === undefined || PLTE.length < 3 || PLTE.length % 3 !== 0)) {
    throw new Damage(8, 'there is no palette (PLTE), or it is damaged');
  }
  const transparency = header.channels % 2 === 1 ? tRNS : undefined;
  if (transparency !== undefined && !isPalette && transparency.length < 2 * header.channels) {
    throw new Damage(8, 'the transparent colour (tRNS) is cut short');
  }
  // A palette in other colour types is a mere suggestion.
  return { ...header, palette: isPalette ? PLTE : undefined, transparency, exif: eXIf, compressed, offset };
}

function readChunk(bytes: Uint8Array, at: number): { type: string; data: Uint8Array; end: number } {
  const length = at + 12 <= bytes.length ? uint32(bytes, at) : 0;
  const end = at + 12 + length;
  if (end > bytes.length) throw new Damage(at, `the file ends, after ${bytes.length} bytes, within the chunk`);
  const type = String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!, bytes[at + 6]!, bytes[at + 7]!);
  if (crc32(bytes, at + 4, end - 4) !== uint32(bytes, end - 4)) {
    throw new Damage(at, `the checksum of the chunk ${printable(type)} is wrong`);
  }
  return { type, data: bytes.subarray(at + 8, end - 4), end };
}

function isCutEnd(bytes: Uint8Array, at: number): boolean {
  if (at + END.length <= bytes.length) return false;
  return bytes.subarray(at).every((byte, i) => byte === END[i]);
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function printable(type: string): string {
  return JSON.stringify(type);
}
