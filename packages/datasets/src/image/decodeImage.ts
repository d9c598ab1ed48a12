import { type Bytes, bytesOf, DataError } from '@espalier/core';
import { decodeJpeg } from './decodeJpeg.js';
import { decodePng } from './decodePng.js';
import type { HostImage } from './HostImage.js';

const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_START = [0xff, 0xd8, 0xff];

/** Options of {@link decodeImage}. */
export interface DecodeImageOptions {
  /** The file that the bytes came from: errors begin with it. Default `'image'`. */
  readonly where?: string | undefined;
}

/**
 * Decodes a PNG or a JPEG file, told apart by its first bytes. Nothing is compiled or fetched: PNG needs the
 * platform's own decompressor only, and the JPEG decoder is JavaScript, loaded when the first such file comes.
 *
 * PNG of every colour type and bit depth comes out with 8 bits a channel: palettes are looked up, transparent colours
 * become an alpha channel, 16 bits are rounded. JPEG may be baseline or progressive; its Exif orientation is not
 * applied.
 *
 * @throws ValueError if `bytes` is no view of bytes.
 * @throws DataError if the file is neither, truncated or damaged. A PNG's checksums are verified; JPEG has none, so there
 *   only damage that breaks the code is found.
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
export async function decodeImage(bytes: Bytes, { where = 'image' }: DecodeImageOptions = {}): Promise<HostImage> {
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
      mend: 'Convert the image to PNG or JPEG.',
    });
  }
  try {
    return await decode(view);
  } catch (error) {
    throw new DataError({
      where,
      problem: 'the image is truncated or damaged',
      got: `${reason(error)} (${view.length} bytes)`,
      mend: 'Fetch or export the file again.',
      cause: error,
    });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message;
}
