import { checkOptions, optionTable, ValueError } from '@espalier/core';
import { flattenAlpha } from './flattenAlpha.js';
import type { HostImage } from './HostImage.js';
import { requireImage, requireRange } from './requireImage.js';
import { resizeImage } from './resizeImage.js';
import { toGrayscale } from './toGrayscale.js';

/** Options of {@link imageToTensorData}; the defaults make an input for a model trained on MNIST. */
export interface ImageToTensorOptions {
  /** Default 28. */
  readonly width?: number | undefined;
  /** Default 28. */
  readonly height?: number | undefined;
  /** 1: grey, 3: RGB. Default 1. */
  readonly channels?: 1 | 3 | undefined;
  /** Swaps dark and light. MNIST's digits are light on dark ground: set it for ink on paper. Default false. */
  readonly invert?: boolean | undefined;
  /** Multiplies every byte. Default 1/255: values from 0 to 1. */
  readonly scale?: number | undefined;
  /** The grey, 0 to 255, that shines through transparent pixels. Default 255. */
  readonly background?: number | undefined;
}

const imageToTensorOptions = /* @__PURE__ */ optionTable<ImageToTensorOptions>('imageToTensorData', {
  width: 'number',
  height: 'number',
  channels: 'number',
  invert: 'boolean',
  scale: 'number',
  background: 'number',
});

/** One example, ready for `predict` or for `tensor(data, [1, ...shape])`. */
export interface ImageTensorData {
  /** Row by row, the channels of a pixel side by side. */
  readonly data: Float32Array;
  /** `[height, width, channels]`. */
  readonly shape: readonly [number, number, number];
}

/**
 * Turns an image into the input of an image model: alpha laid over the background, grey or RGB, scaled to size, inverted
 * where asked, bytes brought to [0, 1].
 *
 * @throws ValueError if a side is not a positive integer, `channels` neither 1 nor 3, `background` not 0 to 255, an option
 *   unknown or of another type, or `image` none.
 *
 * @example
 * ```ts
 * import { imageToTensorData } from '@espalier/datasets';
 *
 * const paper = { width: 56, height: 56, channels: 1, data: new Uint8Array(56 * 56).fill(255) };
 * const { data, shape } = imageToTensorData(paper, { invert: true });
 * if (shape.join() !== '28,28,1' || data.some((value) => value !== 0)) throw new Error('paper is not dark');
 * ```
 */
export function imageToTensorData(image: HostImage, options: ImageToTensorOptions = {}): ImageTensorData {
  const {
    width = 28,
    height = 28,
    channels = 1,
    invert = false,
    scale = 1 / 255,
    background = 255,
  } = checkOptions(options, imageToTensorOptions);
  requireImage(image, 'imageToTensorData');
  requireRange(background, 0, 255, 'imageToTensorData, background');
  requireRange(scale, -Number.MAX_VALUE, Number.MAX_VALUE, 'imageToTensorData, scale');
  if (channels !== 1 && channels !== 3) {
    throw new ValueError({
      where: 'imageToTensorData, channels',
      problem: 'an input has 1 channel, grey, or 3, RGB',
      got: String(channels),
    });
  }
  const opaque = channels === 1 ? toGrayscale(image, { background }) : flattenAlpha(image, background);
  const sized = resizeImage(opaque, { width, height });
  const data = new Float32Array(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    // A grey image asked for as RGB has each value three times.
    const byte = sized.data[sized.channels === channels ? i : Math.floor(i / channels)]!;
    data[i] = (invert ? 255 - byte : byte) * scale;
  }
  return { data, shape: [height, width, channels] };
}
