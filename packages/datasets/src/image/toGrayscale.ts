import { checkOptions, optionTable } from '@espalier/core';
import { flattenAlpha } from './flattenAlpha.js';
import type { HostImage } from './HostImage.js';
import { requireImage, requireRange } from './requireImage.js';

/** Options of {@link toGrayscale}. */
export interface GrayscaleOptions {
  /** The grey, 0 to 255, that shines through transparent pixels. Default 255: white paper. */
  readonly background?: number | undefined;
}

const grayscaleOptions = /* @__PURE__ */ optionTable<GrayscaleOptions>('toGrayscale', { background: 'number' });

/**
 * The luma of an image, `0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601), in one channel. Alpha is laid over `background`
 * first, since a drawing with transparent ground often has black under both ink and ground.
 *
 * @throws ValueError if `background` is not 0 to 255, an option is unknown, or `image` is none.
 *
 * @example
 * ```ts
 * import { toGrayscale } from '@espalier/datasets';
 *
 * const red = { width: 1, height: 1, channels: 3, data: new Uint8Array([255, 0, 0]) };
 * if (toGrayscale(red).data[0] !== 76) throw new Error('wrong luma');
 * ```
 */
export function toGrayscale(image: HostImage, options: GrayscaleOptions = {}): HostImage {
  const { background = 255 } = checkOptions(options, grayscaleOptions);
  requireImage(image, 'toGrayscale');
  requireRange(background, 0, 255, 'toGrayscale, background');
  const opaque = flattenAlpha(image, background);
  if (opaque.channels === 1) return opaque;
  const { width, height, data } = opaque;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = Math.round(0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!);
  }
  return { width, height, channels: 1, data: grey };
}
