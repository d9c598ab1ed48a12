import { DataError, ValueError } from '@espalier/core';
import { decodeImage, type HostImage, imageToTensorData, parseIdx, resizeImage, toGrayscale } from '@espalier/datasets';
import { drawImage, type GreyImage } from '../terminal/drawImage.js';
import type { InputKind, ReadInput, ReadOptions } from './InputKind.js';
import { readInputFile } from './readInputFile.js';

const SIDE = 28;

/** Images of single digits: any PNG or JPEG, or an idx file of MNIST's own format. */
export const digitInput: InputKind<GreyImage> = {
  accepts: 'a PNG, JPEG or idx file',
  async read(argument, options) {
    const bytes = await readInputFile(argument);
    return isIdx(bytes) ? readIdx(bytes, argument, options) : [await readPicture(bytes, argument)];
  },
  show: (image, _columns, style) => drawImage(image, style.greys),
};

/** Example `index` of images that lie one after the other. */
export function digitAt(images: Uint8Array, index: number): GreyImage {
  const size = SIDE * SIDE;
  const pixels = Float32Array.from(images.subarray(index * size, (index + 1) * size), (byte) => byte / 255);
  return { width: SIDE, height: SIDE, pixels };
}

function isIdx(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8;
}

function readIdx(bytes: Uint8Array, file: string, { index, limit }: ReadOptions): ReadInput<GreyImage>[] {
  const { shape, data } = parseIdx(bytes, file);
  const [count = 0, height, width] = shape;
  if (shape.length !== 3 || height !== SIDE || width !== SIDE) {
    throw new DataError({
      where: file,
      problem: 'does not hold images of digits',
      expected: `shape (n, ${SIDE}, ${SIDE})`,
      got: `shape (${shape.join(', ')})`,
    });
  }
  if (index !== undefined && index >= count) {
    throw new ValueError({
      where: '--index',
      problem: `'${file}' has no such image`,
      expected: `0 to ${count - 1}`,
      got: String(index),
    });
  }
  const chosen = index === undefined ? Array.from({ length: Math.min(limit, count) }, (_, i) => i) : [index];
  const left = index === undefined && count > limit ? [`the first ${limit} of ${count} images`] : [];
  return chosen.map((i) => ({
    name: `${file}[${i}]`,
    example: digitAt(data, i),
    notes: i === chosen.at(-1) ? left : [],
  }));
}

async function readPicture(bytes: Uint8Array, file: string): Promise<ReadInput<GreyImage>> {
  const decoded = await decodeImage(bytes, { where: file });
  const grey = toGrayscale(decoded);
  const light = borderMean(grey) > 127;
  const square = squared(grey, light ? 255 : 0);
  const { data } = imageToTensorData(square, { width: SIDE, height: SIDE, invert: light });
  const notes = [
    ...(decoded.channels > 2 ? ['to grey'] : []),
    ...(grey.width !== SIDE || grey.height !== SIDE ? [`resized from ${grey.width}×${grey.height}`] : []),
    ...(light ? ['inverted: its background is light'] : []),
  ];
  return { name: file, example: { width: SIDE, height: SIDE, pixels: data }, notes };
}

/** The mean grey of the outermost pixels, where a digit hardly ever is. */
function borderMean({ width, height, data }: HostImage): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y > 0 && y < height - 1 && x > 0 && x < width - 1) continue;
      sum += data[y * width + x]!;
      count++;
    }
  }
  return sum / count;
}

/** The image in the middle of a square of its background, so that resizing keeps its proportions. */
function squared(image: HostImage, background: number): HostImage {
  const { width, height } = image;
  if (width === height) return image;
  const side = Math.max(width, height);
  // A strip of a few pixels would need a square far larger than itself.
  const small = side > 4096 ? resizeImage(image, shrunk(width, height, 4096 / side)) : image;
  return paste(small, Math.max(small.width, small.height), background);
}

function shrunk(width: number, height: number, factor: number) {
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

function paste({ width, height, data }: HostImage, side: number, background: number): HostImage {
  const out = new Uint8Array(side * side).fill(background);
  const left = (side - width) >> 1;
  const top = (side - height) >> 1;
  for (let y = 0; y < height; y++) out.set(data.subarray(y * width, (y + 1) * width), (top + y) * side + left);
  return { width: side, height: side, channels: 1, data: out };
}
