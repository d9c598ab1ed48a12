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
  readonly compressed: Uint8Array[];
}

/** The channels and depths that each colour type may have. */
const COLOUR_TYPES: Record<number, { channels: number; depths: readonly number[] }> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

/** As large as JPEG files may be by default; a header of 8 bytes shall not allocate all memory. */
const MOST_PIXELS = 100e6;

/** Reads the chunks of a PNG file (ISO/IEC 15948) and verifies their checksums. Throws where something is amiss. */
export function readPng(bytes: Uint8Array): PngFile {
  const chunks = new Map<string, Uint8Array[]>();
  for (let at = 8; !chunks.has('IEND'); ) {
    const { type, data, end } = readChunk(bytes, at);
    chunks.set(type, [...(chunks.get(type) ?? []), data]);
    at = end;
  }
  const header = chunks.get('IHDR')?.[0];
  if (header?.length !== 13) throw new Error('there is no valid header (IHDR)');
  const view = new DataView(header.buffer, header.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filtering, interlacing] = [...header.subarray(8)] as [
    number,
    number,
    number,
    number,
    number,
  ];
  const kind = COLOUR_TYPES[colourType];
  if (!kind?.depths.includes(depth)) throw new Error(`colour type ${colourType} with ${depth} bits does not exist`);
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) {
    throw new Error(`${width} x ${height} pixels, where 1 to ${MOST_PIXELS} can be read`);
  }
  if (compression !== 0 || filtering !== 0 || interlacing > 1) throw new Error('the header names unknown methods');
  const palette = chunks.get('PLTE')?.[0];
  if (colourType === 3 && palette === undefined) throw new Error('there is no palette (PLTE)');
  return {
    width,
    height,
    depth,
    channels: kind.channels,
    interlaced: interlacing === 1,
    // A palette in other colour types is a mere suggestion.
    palette: colourType === 3 ? palette : undefined,
    transparency: kind.channels % 2 === 1 ? chunks.get('tRNS')?.[0] : undefined,
    compressed: chunks.get('IDAT') ?? [],
  };
}

function readChunk(bytes: Uint8Array, at: number): { type: string; data: Uint8Array; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = at + 12 <= bytes.length ? view.getUint32(at) : 0;
  const end = at + 12 + length;
  if (end > bytes.length) throw new Error(`the file ends within the chunk at offset ${at}`);
  if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
    throw new Error(`the checksum of the chunk at offset ${at} is wrong`);
  }
  return { type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), data: bytes.subarray(at + 8, end - 4), end };
}

let crcTable: Uint32Array | undefined;

/** CRC-32 with the polynomial 0xedb88320, a byte at a time. */
function crc32(bytes: Uint8Array): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 255]!;
  return ~crc >>> 0;
}
