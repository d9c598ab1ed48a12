import { Damage } from '../Damage.js';
import type { Segment } from './nextSegment.js';
import type { JpegFrame } from './readFrame.js';

/** What the header of a scan says. */
export interface JpegScan {
  /** Which components, by their place in the frame, with the tables that they are coded with. */
  readonly components: readonly { readonly index: number; readonly dc: number; readonly ac: number }[];
  /** The first and last coefficient in zigzag order; 0 to 63 where the image is not progressive. */
  readonly start: number;
  readonly end: number;
  /** The lowest bits that were known before this scan (0: none), and that it tells. */
  readonly high: number;
  readonly low: number;
}

export function readScan({ data, offset }: Segment, frame: JpegFrame): JpegScan {
  const count = data[0] ?? 0;
  if (count < 1 || count > 4 || data.length < 4 + 2 * count) throw new Damage(offset, 'a scan header is damaged');
  const components = Array.from({ length: count }, (_, i) => {
    const index = frame.components.findIndex(({ id }) => id === data[1 + 2 * i]);
    const [dc, ac] = [data[2 + 2 * i]! >> 4, data[2 + 2 * i]! & 15];
    if (index < 0) throw new Damage(offset, 'a scan is of a component that the frame does not have');
    if (dc > 3 || ac > 3) throw new Damage(offset, 'a scan names a Huffman table that cannot be');
    return { index, dc, ac };
  });
  if (new Set(components.map(({ index }) => index)).size < count) {
    throw new Damage(offset, 'a scan has a component twice');
  }
  if (!frame.progressive) return { components, start: 0, end: 63, high: 0, low: 0 };
  const [start, end, bits] = [...data.subarray(1 + 2 * count)] as [number, number, number];
  const [high, low] = [bits >> 4, bits & 15];
  const band = start === 0 ? end === 0 : count === 1 && start <= end && end <= 63;
  if (!band || low > 13 || (high !== 0 && high !== low + 1)) {
    throw new Damage(offset, `a scan of coefficients ${start} to ${end}, bits ${high} to ${low}, cannot be`);
  }
  return { components, start, end, high, low };
}
