import { crc32 } from 'node:zlib';

/** A chunk of a PNG file with its length and checksum. */
export function pngChunk(type: string, data: Uint8Array | readonly number[]): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, -4)));
  return bytes;
}
