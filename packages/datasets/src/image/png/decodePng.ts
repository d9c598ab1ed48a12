import { inflateInto } from '../../io/inflateInto.js';
import { joinBytes } from '../../io/joinBytes.js';
import { Damage } from '../Damage.js';
import { exifOrientation } from '../exifOrientation.js';
import type { HostImage } from '../HostImage.js';
import { type ImageLimits, requireSize } from '../ImageLimits.js';
import { passes } from './passes.js';
import { outChannels } from './pixelWriter.js';
import { RowSink } from './RowSink.js';
import { readPng, readPngHeader } from './readPng.js';

/** No code of deflate stands for more bytes than 258 by 2 bits. */
const MOST_BY_BYTE = 1032;

/** Any PNG with 8 bits a channel, palettes and transparent colours resolved; of an animation the first picture. */
export async function decodePng(
  bytes: Uint8Array,
  limits: ImageLimits,
): Promise<{ image: HostImage; orientation: number }> {
  const header = readPngHeader(bytes);
  requireSize(header.width, header.height, header.channels, limits);
  const png = readPng(bytes);
  const { width, height, depth, compressed, offset, exif } = png;
  const channels = outChannels(png);
  requireSize(width, height, channels, limits);
  const all = passes(width, height, png.interlaced, png.channels * depth);
  const size = all.reduce((sum, { rows, stride }) => sum + rows * (1 + stride), 0);
  const packed = compressed.reduce((sum, part) => sum + part.length, 0);
  if (size > MOST_BY_BYTE * packed) {
    throw new Damage(offset, `${packed} compressed bytes cannot hold ${size} bytes of pixels`);
  }
  const data = new Uint8Array(width * height * channels);
  const sink = new RowSink(png, all, data);
  try {
    await inflateInto(joinBytes(compressed), (part) => sink.write(part));
  } catch (error) {
    if (error instanceof Damage || !(error instanceof TypeError || isZlibError(error))) throw error;
    throw new Damage(offset, `the compressed pixels are damaged (${reason(error)})`);
  }
  if (!sink.isFull) throw new Damage(offset, `there are ${sink.taken} of ${size} bytes of pixels`);
  return { image: { width, height, channels, data }, orientation: exif === undefined ? 1 : exifOrientation(exif) };
}

/** Node before 22 passes on what zlib says, browsers a TypeError. */
function isZlibError(error: unknown): boolean {
  return error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

function reason(error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error ? cause.message : (error as Error).message;
}
