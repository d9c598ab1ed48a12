import { DataError, ValueError } from '@espalier/core';
import { decodeImage, parseIdx } from '@espalier/datasets';
import { drawImage } from '../terminal/drawImage.js';
import { type Digit, type Picture, SIDE } from './digitOf.js';
import type { Argument, InputKind, RawInput, ReadOptions } from './InputKind.js';
import { isStandardInput, readBytes } from './readBytes.js';

/** Pictures of single digits: any PNG or JPEG, or an idx file of MNIST's own format. */
export const digitInput: InputKind<Picture, Digit> = {
  accepts: "a PNG, JPEG or idx file, or '-' for one from standard input",
  async read({ value, isText }: Argument, options) {
    if (isText) {
      throw new ValueError({
        where: '--text',
        problem: 'this run takes pictures, not texts',
        expected: 'a PNG, JPEG or idx file',
        mend: 'name the files without --text',
      });
    }
    const name = isStandardInput(value) ? 'standard input' : value;
    const bytes = await readBytes(value, options);
    return isIdx(bytes) ? readIdx(bytes, name, options) : [{ name, raw: await decodeImage(bytes, { where: name }) }];
  },
  show({ data }, _columns, style) {
    return drawImage({ width: SIDE, height: SIDE, pixels: Float32Array.from(data, (byte) => byte / 255) }, style.greys);
  },
  notes: ({ notes }) => notes,
};

function isIdx(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8;
}

function readIdx(bytes: Uint8Array, file: string, { index, limit }: ReadOptions): RawInput<Picture>[] {
  const { shape, data } = parseIdx(bytes, file);
  const [count = 0, height, width] = shape;
  if (shape.length !== 3 || height !== SIDE || width !== SIDE || count === 0) {
    throw new DataError({
      where: file,
      problem: 'does not hold images of digits',
      expected: `shape (n, ${SIDE}, ${SIDE})`,
      got: `shape (${shape.join(', ')})`,
      mend: "give a file of images, such as MNIST's t10k-images-idx3-ubyte",
    });
  }
  if (index !== undefined && index >= count) {
    throw new ValueError({
      where: '--index',
      problem: `'${file}' has no such image`,
      expected: `0 to ${count - 1}`,
      got: String(index),
      mend: `give a number below ${count}`,
    });
  }
  const chosen = index === undefined ? Array.from({ length: Math.min(limit, count) }, (_, i) => i) : [index];
  const left = index === undefined && count > limit ? [`the first ${limit} of ${count} images`] : [];
  const size = SIDE * SIDE;
  return chosen.map((i) => ({
    name: `${file}[${i}]`,
    raw: { width: SIDE, height: SIDE, channels: 1, data: data.subarray(i * size, (i + 1) * size) },
    notes: i === chosen.at(-1) ? left : [],
  }));
}
