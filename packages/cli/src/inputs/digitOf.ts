import { type HostImage, resizeImage, toGrayscale } from '@espalier/datasets';

/** The pixels of a side of MNIST's images. */
export const SIDE = 28;

/** The longer side of the box that MNIST's digits fill. */
const BOX = 20;

/** How far the centre of mass may lie from the middle, in pixels: MNIST's digits are moved by whole pixels. */
const OFF_CENTRE = 1;

/** Below this part of the strongest ink, a pixel is ground: JPEG and paper are never quite even. */
const GROUND = 0.15;

/** A picture of a digit, of any size and kind. */
export type Picture = HostImage;

/** A digit in the form of MNIST: 28×28 bytes, 0 is ground and 255 ink. */
export interface Digit {
  readonly data: Uint8Array;
  /** What was done to the picture, for people to know. */
  readonly notes: readonly string[];
}

/**
 * Brings a picture of a digit to MNIST's form. A picture of 28×28 whose ink lies as MNIST's does stays as it is, but for a
 * light ground, which is inverted. Of any other, what was done to NIST's scans to make MNIST is done: the ink is cut
 * out, scaled so that its longer side has 20 pixels, and set by its centre of mass into the middle of 28×28; ground
 * becomes 0 and the strongest ink 255.
 */
export function digitOf(picture: Picture): Digit {
  const grey = toGrayscale(picture);
  const light = edgeMean(grey) > 127;
  const { width, height } = grey;
  const data = light ? grey.data.map((value) => 255 - value) : grey.data;
  const inverted = light ? ['inverted: its background is light'] : [];
  const coloured = picture.channels > 2 ? ['to grey'] : [];
  const square = width === SIDE && height === SIDE;
  if (square && liesAsInMnist(data)) return { data, notes: [...coloured, ...inverted] };
  const cut = inkOf({ width, height, channels: 1, data });
  if (cut === undefined) {
    return { data: new Uint8Array(SIDE * SIDE), notes: [...coloured, ...inverted, 'nothing is drawn on it'] };
  }
  const sized = resizeImage(cut, boxFor(cut));
  return {
    data: centred(sized),
    notes: [...coloured, ...(square ? ['moved to the middle'] : [`resized from ${width}×${height}`]), ...inverted],
  };
}

/** The mean of the outermost pixels, where a digit hardly ever is. */
function edgeMean({ width, height, data }: HostImage): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const inner = y > 0 && y < height - 1;
    for (let x = 0; x < width; x += inner && width > 1 ? width - 1 : 1) {
      sum += data[y * width + x]!;
      count++;
    }
  }
  return sum / count;
}

function liesAsInMnist(data: Uint8Array): boolean {
  const image = { width: SIDE, height: SIDE, channels: 1, data };
  const box = boundsOf(image, 0);
  if (box === undefined) return true;
  const { x, y } = massOf(image);
  const off = Math.max(Math.abs(x - SIDE / 2), Math.abs(y - SIDE / 2));
  return Math.max(box.width, box.height) <= BOX && off <= OFF_CENTRE;
}

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest box around all pixels above `threshold`. */
function boundsOf({ width, height, data }: HostImage, threshold: number): Bounds | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x]! <= threshold) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The centre of mass, where the middle of the first pixel is at 0.5. */
function massOf({ width, height, data }: HostImage): { readonly x: number; readonly y: number } {
  let [mass, x, y] = [0, 0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = data[row * width + column]!;
      mass += value;
      x += value * (column + 0.5);
      y += value * (row + 0.5);
    }
  }
  return mass === 0 ? { x: width / 2, y: height / 2 } : { x: x / mass, y: y / mass };
}

/** The ink alone, from 0 to 255; undefined where the picture is even. */
function inkOf(image: HostImage): HostImage | undefined {
  const ground = edgeMean(image);
  let most = 0;
  for (const value of image.data) most = Math.max(most, value);
  // Less than a tenth of the scale is noise, not ink.
  const contrast = most - ground;
  if (contrast < 25) return undefined;
  const stretched = image.data.map((value) => {
    const share = (value - ground) / contrast;
    return share <= GROUND ? 0 : Math.min(255, Math.round(share * 255));
  });
  const found = boundsOf({ ...image, data: stretched }, 0);
  if (found === undefined) return undefined;
  const { left, top, width, height } = found;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * image.width + left;
    data.set(stretched.subarray(start, start + width), y * width);
  }
  return { width, height, channels: 1, data };
}

function boxFor({ width, height }: HostImage): { readonly width: number; readonly height: number } {
  const factor = BOX / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** The image in the middle of 28×28 by its centre of mass, moved by whole pixels. */
function centred(image: HostImage): Uint8Array {
  const { width, height, data } = image;
  const { x, y } = massOf(image);
  const place = (mass: number, size: number) => Math.min(SIDE - size, Math.max(0, Math.round(SIDE / 2 - mass)));
  const [left, top] = [place(x, width), place(y, height)];
  const out = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < height; row++) {
    out.set(data.subarray(row * width, (row + 1) * width), (top + row) * SIDE + left);
  }
  return out;
}
