import { checkOptions, optionTable, ValueError } from '@espalier/core';
import type { HostImage } from './HostImage.js';
import { requireImage, requireRange } from './requireImage.js';

/** Options of {@link resizeImage}. */
export interface ResizeOptions {
  /** Pixels a row of the result. */
  readonly width: number;
  /** Rows of the result. */
  readonly height: number;
  /** Whether each pixel of a smaller image averages all that it covers, rather than four. Default true. */
  readonly antialias?: boolean | undefined;
}

const resizeOptions = /* @__PURE__ */ optionTable<ResizeOptions>('resizeImage', {
  width: 'any',
  height: 'any',
  antialias: 'boolean',
});

/** For each output pixel, the first input pixel that counts and the weights from there on. */
type Taps = { readonly first: number; readonly weights: Float64Array }[];

/**
 * Scales an image, bilinear with half-pixel centres; when it shrinks, the triangle widens by the factor (`antialias`),
 * as in Pillow and in PyTorch's `interpolate(antialias=True)`. The proportions are those asked for, not the image's.
 *
 * @throws ValueError if a side is not a positive integer, an option is unknown or of another type, or `image` is none.
 *
 * @example
 * ```ts
 * import { resizeImage } from '@espalier/datasets';
 *
 * const checks = { width: 4, height: 4, channels: 1, data: Uint8Array.from({ length: 16 }, (_, i) => ((i + (i >> 2)) % 2) * 254) };
 * const { data } = resizeImage(checks, { width: 1, height: 1 });
 * if (data[0] !== 127) throw new Error('not the average');
 * ```
 */
export function resizeImage(image: HostImage, options: ResizeOptions): HostImage {
  requireImage(image, 'resizeImage');
  const { width, height, antialias = true } = checkOptions(options, resizeOptions);
  for (const [name, value] of [['width', width] as const, ['height', height] as const]) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new ValueError({ where: 'resizeImage', problem: `${name} must be a positive integer`, got: String(value) });
  }
  const { channels } = image;
  // Both passes' results are arrays of their own.
  requireRange(width * Math.max(height, image.height) * channels, 1, 2 ** 31 - 1, 'resizeImage, values of the result');
  const across = resample(image.data, image.height, image.width, channels, tapsFor(image.width, width, antialias));
  const down = resample(across, 1, image.height, width * channels, tapsFor(image.height, height, antialias));
  return { width, height, channels, data: Uint8Array.from(down, Math.round) };
}

function tapsFor(from: number, to: number, antialias: boolean): Taps {
  const ratio = from / to;
  const reach = antialias ? Math.max(ratio, 1) : 1;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * ratio;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    const weights = Float64Array.from({ length: end - first }, (_, j) =>
      Math.max(0, 1 - Math.abs(first + j + 0.5 - centre) / reach),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Resamples the middle axis of `[outer, from, inner]`. */
function resample(data: ArrayLike<number>, outer: number, from: number, inner: number, taps: Taps): Float32Array {
  const out = new Float32Array(outer * taps.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const { first, weights } of taps) {
      for (let c = 0; c < inner; c++) {
        let sum = 0;
        for (let j = 0; j < weights.length; j++) sum += weights[j]! * data[(o * from + first + j) * inner + c]!;
        out[at++] = sum;
      }
    }
  }
  return out;
}
