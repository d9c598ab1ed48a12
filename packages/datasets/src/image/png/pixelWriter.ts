import { Damage } from '../Damage.js';
import type { PngFile } from './readPng.js';

/** Writes `count` pixels, whose samples lie side by side, into the image from pixel `start` on, `step` pixels apart. */
export type PixelWriter = (samples: Uint8Array | Uint16Array, count: number, start: number, step: number) => void;

/** The channels of the image: a palette is looked up, transparent colours become alpha. */
export function outChannels({ channels, palette, transparency }: PngFile): number {
  return (palette === undefined ? channels : 3) + (transparency === undefined ? 0 : 1);
}

/** Brings samples to 8 bits, and applies palette and transparency. */
export function pixelWriter(png: PngFile, out: Uint8Array): PixelWriter {
  if (png.palette !== undefined) return fromPalette(png.palette, png.transparency, out, png.offset);
  const { channels, depth, transparency } = png;
  const scaled = scale(depth);
  if (transparency === undefined) {
    if (depth === 16) return (samples, count, start, step) => round(samples, count, channels, out, start, step);
    return (samples, count, start, step) => {
      for (let i = 0, x = start; i < count * channels; x += step) {
        for (let to = x * channels, c = 0; c < channels; c++) out[to++] = scaled(samples[i++]!);
      }
    };
  }
  const colour = Array.from({ length: channels }, (_, c) => (transparency[2 * c]! << 8) | transparency[2 * c + 1]!);
  return (samples, count, start, step) => {
    for (let i = 0, x = start; i < count * channels; x += step) {
      let same = true;
      let to = x * (channels + 1);
      for (let c = 0; c < channels; c++) {
        const sample = samples[i++]!;
        if (sample !== colour[c]) same = false;
        out[to++] = scaled(sample);
      }
      out[to] = same ? 0 : 255;
    }
  };
}

/** Samples of 16 bits to the nearest of 8, apart from the rest because photographs are large. */
function round(
  samples: Uint8Array | Uint16Array,
  count: number,
  channels: number,
  out: Uint8Array,
  start: number,
  step: number,
): void {
  for (let i = 0, to = start * channels; i < count * channels; to += (step - 1) * channels) {
    for (const end = i + channels; i < end; i++) out[to++] = (samples[i]! * 255 + 32895) >> 16;
  }
}

/** A sample of `depth` bits as the nearest of 8 bits. */
function scale(depth: number): (sample: number) => number {
  if (depth === 8) return (sample) => sample;
  // Exactly Math.round(sample / 257).
  if (depth === 16) return (sample) => (sample * 255 + 32895) >> 16;
  const factor = 255 / (2 ** depth - 1);
  return (sample) => sample * factor;
}

function fromPalette(palette: Uint8Array, alpha: Uint8Array | undefined, out: Uint8Array, offset: number): PixelWriter {
  const colours = palette.length / 3;
  const channels = alpha === undefined ? 3 : 4;
  return (samples, count, start, step) => {
    for (let i = 0, to = start * channels; i < count; i++, to += step * channels) {
      const index = samples[i]!;
      if (index >= colours) throw new Damage(offset, `there is colour ${index} of a palette of ${colours}`);
      for (let c = 0; c < 3; c++) out[to + c] = palette[3 * index + c]!;
      // Colours beyond the end of the list are opaque.
      if (alpha !== undefined) out[to + 3] = alpha[index] ?? 255;
    }
  };
}
