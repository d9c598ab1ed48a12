import type { DecodedPng } from 'fast-png';
import type { HostImage } from './HostImage.js';

/** Any PNG with 8 bits a channel, palettes and transparent colours resolved. */
export async function decodePng(bytes: Uint8Array): Promise<HostImage> {
  const { decode } = await import('fast-png');
  const png = decode(bytes, { checkCrc: true });
  const samples = unpack(png);
  if (png.palette !== undefined) return lookUp(png, png.palette, samples);
  const image = { width: png.width, height: png.height, channels: png.channels, data: toBytes(samples, png.depth) };
  return png.transparency === undefined ? image : addAlpha(image, samples, png.transparency);
}

/** One sample an element: rows of less than 8 bits a sample come packed, each row beginning at a new byte. */
function unpack({ width, height, channels, depth, data }: DecodedPng): Uint8Array | Uint16Array {
  if (depth >= 8) return data instanceof Uint8ClampedArray ? new Uint8Array(data) : data;
  const row = width * channels;
  const stride = Math.ceil((row * depth) / 8);
  const mask = (1 << depth) - 1;
  const samples = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < row; x++) {
      const bit = x * depth;
      samples[y * row + x] = (data[y * stride + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}

function toBytes(samples: Uint8Array | Uint16Array, depth: number): Uint8Array {
  if (depth === 8) return Uint8Array.from(samples);
  const scale = 255 / (2 ** depth - 1);
  return Uint8Array.from(samples, (sample) => Math.round(sample * scale));
}

function lookUp({ width, height }: DecodedPng, palette: number[][], samples: Uint8Array | Uint16Array): HostImage {
  const channels = palette.some((colour) => colour.length === 4) ? 4 : 3;
  const data = new Uint8Array(width * height * channels).fill(255);
  for (let i = 0; i < samples.length; i++) {
    const colour = palette[samples[i]!];
    if (colour === undefined) throw new RangeError(`colour ${samples[i]} of a palette of ${palette.length}`);
    data.set(colour, i * channels);
  }
  return { width, height, channels, data };
}

/** Pixels of the transparent colour get alpha 0, the others 255. */
function addAlpha(image: HostImage, samples: Uint8Array | Uint16Array, transparent: Uint16Array): HostImage {
  const from = image.channels;
  const channels = from + 1;
  const data = new Uint8Array(image.width * image.height * channels).fill(255);
  for (let i = 0; i < image.width * image.height; i++) {
    data.set(image.data.subarray(i * from, (i + 1) * from), i * channels);
    if (transparent.every((value, c) => samples[i * from + c] === value)) data[i * channels + from] = 0;
  }
  return { ...image, channels, data };
}
