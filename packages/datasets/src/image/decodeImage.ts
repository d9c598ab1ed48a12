import { type Bytes, bytesOf, checkOptions, DataError, optionTable, ValueError } from '@espalier/core';
import { Damage } from './Damage.js';
import type { HostImage } from './HostImage.js';
import { decodeJpeg } from './jpeg/decodeJpeg.js';
import { orientImage } from './orientImage.js';
import { decodePng } from './png/decodePng.js';
import { Unsupported } from './Unsupported.js';

const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_START = [0xff, 0xd8, 0xff];

/** Options of {@link decodeImage}. */
export interface DecodeImageOptions {
  /** The file that the bytes came from: errors begin with it. Default `'image'`. */
  readonly where?: string | undefined;
  /**
   * Whether a picture that a camera took on its side is set upright, as its Exif data ask for; the words are those of
   * `createImageBitmap`. Default `'from-image'`; `'none'` gives the pixels as they are stored.
   */
  readonly imageOrientation?: 'from-image' | 'none' | undefined;
  /** The most pixels that an image may have; its header tells, before anything is allocated. Default 100 million. */
  readonly maxPixels?: number | undefined;
  /** The most bytes that the pixels may take once decoded. Default 400 million. */
  readonly maxBytes?: number | undefined;
  /** The most scans that a progressive JPEG may have for each of its components; usual ones have up to 10. Default 100. */
  readonly maxScans?: number | undefined;
}

const decodeImageOptions = /* @__PURE__ */ optionTable<DecodeImageOptions>('decodeImage', {
  where: 'string',
  imageOrientation: 'string',
  maxPixels: 'number',
  maxBytes: 'number',
  maxScans: 'number',
});

/**
 * Decodes a PNG or a JPEG file, told apart by its first bytes. Nothing is fetched: PNG needs the platform's own
 * decompressor only, and the JPEG decoder is 7 kB of WebAssembly that the package carries.
 *
 * PNG of every colour type and bit depth comes out with 8 bits a channel: palettes are looked up, transparent colours
 * become an alpha channel, 16 bits are rounded. Gamma and colour profiles are left alone; of an animation the first
 * picture is read. JPEG may be baseline or progressive, in grey, YCC, RGB, CMYK or YCCK, the last two of which become RGB
 * as in Pillow; pixels are those of libjpeg-turbo.
 *
 * Time and memory go with the number of pixels: a PNG takes its pixels and two rows, a JPEG its samples once more, twice
 * that if it is progressive. Bytes after the end of the image are ignored.
 *
 * @throws DataError if the file is neither, truncated or damaged, or goes beyond one of the limits. A PNG's checksums are
 *   verified; JPEG has none, so there only damage that breaks the code is found.
 * @throws ValueError if `bytes` is no view of bytes, or an option is unknown or of another type.
 *
 * @example
 * ```ts
 * import { decodeImage } from '@espalier/datasets';
 *
 * const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';
 * const bytes = Uint8Array.from(atob(onePixel), (letter) => letter.charCodeAt(0));
 * const { width, height, channels, data } = await decodeImage(bytes, { where: 'pixel.png' });
 * if (width !== 1 || height !== 1 || channels !== 1 || data[0] !== 128) throw new Error('wrong pixel');
 * ```
 */
export async function decodeImage(bytes: Bytes, options: DecodeImageOptions = {}): Promise<HostImage> {
  const {
    where = 'image',
    imageOrientation = 'from-image',
    maxPixels = 100e6,
    maxBytes = 400e6,
    maxScans = 100,
  } = checkOptions(options, decodeImageOptions);
  if (imageOrientation !== 'from-image' && imageOrientation !== 'none') {
    throw new ValueError({
      where: 'decodeImage, imageOrientation',
      problem: 'there is no such orientation',
      expected: "'from-image' or 'none'",
      got: `'${imageOrientation}'`,
    });
  }
  for (const [name, value] of Object.entries({ maxPixels, maxBytes, maxScans })) {
    if (value > 0) continue;
    throw new ValueError({ where: `decodeImage, ${name}`, problem: 'must be positive', got: String(value) });
  }
  const view = bytesOf(bytes, where);
  const startsWith = (start: number[]) => start.every((byte, i) => view[i] === byte);
  const decode = startsWith(PNG_START) ? decodePng : startsWith(JPEG_START) ? decodeJpeg : undefined;
  if (decode === undefined) {
    throw new DataError({
      where,
      problem: 'not a PNG or JPEG file',
      expected: 'the first bytes 89 50 4e 47 (PNG) or ff d8 ff (JPEG)',
      got:
        view.length === 0
          ? 'an empty file'
          : Array.from(view.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' '),
      mend: 'convert the image to PNG or JPEG',
    });
  }
  try {
    const { image, orientation } = await decode(view, { maxPixels, maxBytes, maxScans });
    return imageOrientation === 'none' ? image : orientImage(image, orientation);
  } catch (error) {
    throw translated(error, where, view.length);
  }
}

function translated(error: unknown, where: string, size: number): unknown {
  if (error instanceof Unsupported) return new DataError({ where, ...error.parts });
  if (error instanceof Damage) {
    return new DataError({
      where,
      problem: 'the image is truncated or damaged',
      got: `${error.message} (${size} bytes)`,
      mend: 'fetch or export the file again',
      cause: error,
    });
  }
  // Arrays and memories that cannot be had.
  if (!(error instanceof RangeError)) return error;
  return new DataError({
    where,
    problem: 'there is not enough memory for the image',
    got: error.message,
    mend: 'lower maxPixels to refuse such images, or scale this one down',
    cause: error,
  });
}
