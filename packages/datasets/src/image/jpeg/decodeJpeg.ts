import { Damage } from '../Damage.js';
import { exifOrientation } from '../exifOrientation.js';
import type { HostImage } from '../HostImage.js';
import { type ImageLimits, requireSize } from '../ImageLimits.js';
import { JpegDecoder } from './JpegDecoder.js';
import { JPEG_COLOURS, jpegColours } from './jpegColours.js';
import { type JpegExports, withJpegInstance } from './jpegInstance.js';
import { nextSegment, type Segment } from './nextSegment.js';
import { type JpegFrame, readFrame } from './readFrame.js';

const EXIF = 'Exif\0\0';

/** Grey files have one channel, all others three; CMYK becomes RGB as in Pillow. */
export function decodeJpeg(bytes: Uint8Array, limits: ImageLimits): Promise<{ image: HostImage; orientation: number }> {
  const { before, frame } = header(bytes);
  const channels = frame.components.length === 1 ? 1 : 3;
  requireSize(frame.width, frame.height, channels, limits);
  // Every block has a code of its own, of a bit at least.
  const blocks = frame.components.reduce((sum, { blocksAcross, blocksDown }) => sum + blocksAcross * blocksDown, 0);
  if (blocks > 8 * bytes.length) throw new Damage(bytes.length, `the file ends before ${blocks} blocks of pixels`);
  return withJpegInstance((exports) => decode(exports, bytes, before, frame, channels, limits));
}

/** The segments up to the frame header, and the frame. */
function header(bytes: Uint8Array): { before: Segment[]; frame: JpegFrame } {
  const before: Segment[] = [];
  for (let at = 2; ; ) {
    const segment = nextSegment(bytes, at);
    if (segment === undefined) throw new Damage(bytes.length, 'the file ends before the frame header');
    const { marker, offset } = segment;
    if (isFrame(marker)) return { before, frame: readFrame(segment) };
    if (marker === 0xd9 || marker === 0xda) throw new Damage(offset, 'there is no frame header before the pixels');
    before.push(segment);
    at = segment.end;
  }
}

function decode(
  exports: JpegExports,
  bytes: Uint8Array,
  before: readonly Segment[],
  frame: JpegFrame,
  channels: number,
  limits: ImageLimits,
): { image: HostImage; orientation: number } {
  const decoder = new JpegDecoder(exports, bytes, frame, channels, limits);
  const marks = { jfif: false, adobe: undefined as number | undefined, exif: undefined as Uint8Array | undefined };
  const note = (segment: Segment) => {
    const { marker, data } = segment;
    if (marker === 0xe0 && data.length >= 12 && startsWith(data, 'JFIF\0')) marks.jfif = true;
    else if (marker === 0xee && data.length >= 12 && startsWith(data, 'Adobe')) marks.adobe = data[11];
    else if (marker === 0xe1 && startsWith(data, EXIF)) marks.exif ??= data.subarray(EXIF.length);
    else decoder.read(segment);
  };
  before.forEach(note);
  let at = before.at(-1)?.end ?? 2;
  // The frame header itself.
  at = nextSegment(bytes, at)!.end;
  for (;;) {
    const segment = nextSegment(bytes, at);
    if (segment === undefined) {
      if (!frame.progressive && decoder.isComplete) break;
      throw new Damage(bytes.length, 'the file ends without an end marker');
    }
    const { marker, offset } = segment;
    if (marker === 0xd9) {
      if (decoder.isComplete) break;
      throw new Damage(offset, 'the image ends before all its components');
    }
    if (isFrame(marker) || marker === 0xd8) throw new Damage(offset, 'a second image begins within the first');
    if (marker === 0xda) at = decoder.scan(segment);
    else {
      note(segment);
      at = segment.end;
    }
    // What follows a whole image, as the thumbnails of cameras do, is nobody's business.
    if (marker === 0xda && !frame.progressive && decoder.isComplete) break;
  }
  const colours = jpegColours(frame, marks);
  const data = decoder.pixels(colours, colours === JPEG_COLOURS.grey ? 1 : channels);
  const orientation = marks.exif === undefined ? 1 : exifOrientation(marks.exif);
  return { image: { width: frame.width, height: frame.height, channels, data }, orientation };
}

/** SOF0 to SOF15, without the two numbers among them that mean something else. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xcc;
}

function startsWith(data: Uint8Array, text: string): boolean {
  return [...text].every((letter, i) => data[i] === letter.charCodeAt(0));
}
