import type { HostImage } from './HostImage.js';

/** The image laid over a grey `background`, without its alpha channel. */
export function flattenAlpha(image: HostImage, background: number): HostImage {
  const { width, height, channels, data } = image;
  if (channels !== 2 && channels !== 4) return image;
  const colours = channels - 1;
  const out = new Uint8Array(width * height * colours);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[i * channels + colours]! / 255;
    for (let c = 0; c < colours; c++) {
      out[i * colours + c] = Math.round(data[i * channels + c]! * alpha + background * (1 - alpha));
    }
  }
  return { width, height, channels: colours, data: out };
}
