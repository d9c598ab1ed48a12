import { describeValue, ValueError } from '@espalier/core';
import type { HostImage } from './HostImage.js';

/** Refuses what is no image, or says another size than its pixels have. */
export function requireImage(image: HostImage, where: string): void {
  const { width, height, channels, data } = image ?? {};
  const counts = [width, height, channels].every((value) => Number.isInteger(value) && value > 0);
  if (counts && channels <= 4 && ArrayBuffer.isView(data) && data.length === width * height * channels) return;
  throw new ValueError({
    where: `${where}, image`,
    problem: 'not an image',
    expected: '{ width, height, channels, data } with 1 to 4 channels and width * height * channels bytes',
    got:
      typeof image === 'object' && image !== null
        ? `${width} x ${height} x ${channels} and ${data === undefined ? 'no data' : describeValue(data?.length)} values`
        : describeValue(image),
    mend: 'decode a file with decodeImage, or fill in all four fields',
  });
}

/** Refuses a number outside `[least, most]`. */
export function requireRange(value: number, least: number, most: number, where: string): void {
  if (value >= least && value <= most) return;
  throw new ValueError({ where, problem: 'out of range', expected: `${least} to ${most}`, got: String(value) });
}
