import type { HostImage } from './HostImage.js';
import { pngSamples } from './pngSamples.js';
import { readPng } from './readPng.js';

/** Any PNG with 8 bits a channel, palettes and transparent colours resolved. Throws on damage. */
export async function decodePng(bytes: Uint8Array): Promise<HostImage> {
  const png = readPng(bytes);
  const { width, height, depth, channels, palette, transparency } = png;
  const samples = await pngSamples(png);
  if (palette !== undefined) return lookUp(width, height, samples, palette, transparency);
  const scale = 255 / (2 ** depth - 1);
  const data = depth === 8 ? (samples as Uint8Array) : Uint8Array.from(samples, (sample) => Math.round(sample * scale));
  const image = { width, height, channels, data };
  return transparency === undefined ? image : addAlpha(image, samples, transparency);
}

function lookUp(
  width: number,
  height: number,
  indices: Uint8Array | Uint16Array,
  palette: Uint8Array,
  alpha: Uint8Array | undefined,
): HostImage {
  const channels = alpha === undefined ? 3 : 4;
  const data = new Uint8Array(width * height * channels);
  indices.forEach((index, i) => {
    if (3 * index + 3 > palette.length) throw new Error(`colour ${index} of a palette of ${palette.length / 3}`);
    for (let c = 0; c < 3; c++) data[i * channels + c] = palette[3 * index + c]!;
    // Colours beyond the end of the list are opaque.
    if (alpha !== undefined) data[i * channels + 3] = alpha[index] ?? 255;
  });
  return { width, height, channels, data };
}

/** Pixels of the transparent colour get alpha 0, the others 255. */
function addAlpha(image: HostImage, samples: Uint8Array | Uint16Array, transparency: Uint8Array): HostImage {
  const from = image.channels;
  const transparent = Array.from({ length: from }, (_, c) => (transparency[2 * c]! << 8) | transparency[2 * c + 1]!);
  const data = new Uint8Array(image.width * image.height * (from + 1));
  for (let i = 0; i < image.width * image.height; i++) {
    for (let c = 0; c < from; c++) data[i * (from + 1) + c] = image.data[i * from + c]!;
    data[i * (from + 1) + from] = transparent.every((value, c) => samples[i * from + c] === value) ? 0 : 255;
  }
  return { ...image, channels: from + 1, data };
}
