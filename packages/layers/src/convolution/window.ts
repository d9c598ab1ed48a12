import { ShapeError } from '@espalier/core';

/** All of {@link Padding}. */
export const paddings = ['valid', 'same'] as const;
/** How windows treat the edge: `valid` uses only whole windows, `same` adds what is missing around. */
export type Padding = (typeof paddings)[number];

/**
 * How many windows fit along an axis; null where its size is not known.
 * @throws ShapeError where not one fits.
 */
export function windowedSize(
  size: number | null,
  reach: number,
  stride: number,
  padding: Padding,
  side: 'height' | 'width',
  where: string,
): number | null {
  if (size === null) return null;
  const out = Math.ceil((padding === 'same' ? size : size - reach + 1) / stride);
  if (out > 0) return out;
  throw new ShapeError({
    where,
    problem: padding === 'same' ? 'the image is empty' : 'the window is larger than the image',
    expected: `a ${side} of at least ${padding === 'same' ? 1 : reach}`,
    got: `a ${side} of ${size}`,
    mend:
      padding === 'same' ? 'feed larger images' : "feed larger images, make the window smaller, or use padding 'same'",
  });
}
