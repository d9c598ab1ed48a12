import type { JpegFrame } from './readFrame.js';

/** What components mean; the numbers are those of assembly/convertRows.ts. */
export const JPEG_COLOURS = { grey: 0, ycc: 1, rgb: 2, cmyk: 3, ycck: 4 } as const;

/** What the segments APP0 and APP14 tell of the colours. */
export interface ColourMarks {
  readonly jfif: boolean;
  /** The transform that Adobe's segment names: 0 none, 1 YCC, 2 YCCK; undefined without one. */
  readonly adobe: number | undefined;
}

/** Decides what the components mean, by the rules of libjpeg. */
export function jpegColours({ components }: JpegFrame, { jfif, adobe }: ColourMarks): number {
  const { grey, ycc, rgb, cmyk, ycck } = JPEG_COLOURS;
  if (components.length === 1) return grey;
  if (components.length === 4) return adobe === undefined || adobe === 0 ? cmyk : ycck;
  if (jfif) return ycc;
  if (adobe !== undefined) return adobe === 0 ? rgb : ycc;
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB' ? rgb : ycc;
}
