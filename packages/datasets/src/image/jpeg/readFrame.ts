import { Damage } from '../Damage.js';
import { Unsupported } from '../Unsupported.js';
import type { Segment } from './nextSegment.js';

/** One component of the frame: luma, a chroma, or a colour. */
export interface JpegComponent {
  readonly id: number;
  /** Samples for each MCU of the frame, across and down: 1 to 4. */
  readonly across: number;
  readonly down: number;
  /** Which table of divisors. */
  readonly table: number;
  /** Samples a row and rows. */
  readonly width: number;
  readonly height: number;
  /** Blocks of 8 x 8 that hold them. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
}

/** What the frame header says. */
export interface JpegFrame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  /** The largest factors of all components. */
  readonly mostAcross: number;
  readonly mostDown: number;
  /** How many MCUs of a scan of all components. */
  readonly mcusAcross: number;
  readonly mcusDown: number;
}

/** What the markers of other kinds of JPEG stand for. */
const OTHER_KINDS: Readonly<Record<number, string>> = {
  195: 'lossless (SOF3)',
  197: 'hierarchical (SOF5)',
  198: 'hierarchical (SOF6)',
  199: 'hierarchical and lossless (SOF7)',
  200: 'an extension (SOF8)',
  201: 'arithmetic coding (SOF9)',
  202: 'progressive with arithmetic coding (SOF10)',
  203: 'lossless with arithmetic coding (SOF11)',
  205: 'hierarchical with arithmetic coding (SOF13)',
  206: 'hierarchical with arithmetic coding (SOF14)',
  207: 'hierarchical and lossless with arithmetic coding (SOF15)',
};

/** @throws Unsupported for kinds of JPEG that browsers do not read either. */
export function readFrame({ marker, offset, data }: Segment): JpegFrame {
  const kind = OTHER_KINDS[marker];
  if (kind !== undefined) refuse(kind);
  if (data.length < 6 || data.length < 6 + 3 * data[5]!) throw new Damage(offset, 'the frame header is cut short');
  if (data[0] !== 8) refuse(`${data[0]} bits a sample`);
  const [height, width, count] = [(data[1]! << 8) | data[2]!, (data[3]! << 8) | data[4]!, data[5]!];
  if (height === 0) refuse('the height after the first scan (DNL)');
  if (width === 0) throw new Damage(offset, 'the image has no columns');
  if (count !== 1 && count !== 3 && count !== 4) refuse(`${count} components`);
  const factors = Array.from({ length: count }, (_, i) => ({
    id: data[6 + 3 * i]!,
    across: data[7 + 3 * i]! >> 4,
    down: data[7 + 3 * i]! & 15,
    table: data[8 + 3 * i]!,
  }));
  const mostAcross = Math.max(...factors.map(({ across }) => across));
  const mostDown = Math.max(...factors.map(({ down }) => down));
  for (const { across, down, table } of factors) {
    if (across < 1 || down < 1 || across > 4 || down > 4) throw new Damage(offset, 'a sampling factor is not 1 to 4');
    if (table > 3) throw new Damage(offset, `there is no quantisation table ${table}`);
    if (mostAcross % across !== 0 || mostDown % down !== 0) {
      refuse(`chroma at ${across}/${mostAcross} x ${down}/${mostDown} of the size`);
    }
  }
  if (new Set(factors.map(({ id }) => id)).size < count) throw new Damage(offset, 'two components have the same id');
  return {
    progressive: marker === 0xc2,
    width,
    height,
    mostAcross,
    mostDown,
    mcusAcross: Math.ceil(width / (8 * mostAcross)),
    mcusDown: Math.ceil(height / (8 * mostDown)),
    components: factors.map((one) => {
      const [own, rows] = [Math.ceil((width * one.across) / mostAcross), Math.ceil((height * one.down) / mostDown)];
      const blocks = { blocksAcross: Math.ceil(own / 8), blocksDown: Math.ceil(rows / 8) };
      return { ...one, width: own, height: rows, ...blocks };
    }),
  };
}

function refuse(kind: string): never {
  throw new Unsupported({
    problem: 'this kind of JPEG cannot be read',
    expected: 'baseline or progressive with Huffman codes, 8 bits a sample, 1, 3 or 4 components',
    got: kind,
    mend: 'save the image as an ordinary JPEG or PNG',
  });
}
