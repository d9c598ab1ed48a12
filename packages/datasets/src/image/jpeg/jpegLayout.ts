import type { JpegFrame } from './readFrame.js';

/** The fixed addresses of assembly/layout.ts. */
export const LAYOUT = {
  quantisation: 0,
  components: 0x400,
  huffman: 0x800,
  huffmanStride: 1536,
  zigzag: 0x3800,
  /** From here on lie the file, the components and the rows that are worked on. */
  free: 0x8000,
} as const;

/** What lies where for one image. */
export interface JpegMemory {
  /** The address of each component's samples or coefficients. */
  readonly planes: readonly number[];
  /** The most that a row of blocks takes, and where one lies. */
  readonly row: number;
  /** Where rows at the image's width lie, and how far apart. */
  readonly scratch: number;
  readonly step: number;
  /** Where finished pixels lie, and how many rows of them. */
  readonly out: number;
  readonly rows: number;
  /** The end of it all. */
  readonly end: number;
}

const aligned = (address: number) => Math.ceil(address / 64) * 64;

/** Lays out the memory for an image behind a file of `size` bytes. */
export function jpegMemory(frame: JpegFrame, size: number, channels: number): JpegMemory {
  const { width, height, mcusAcross, mcusDown, components, progressive } = frame;
  let at = aligned(LAYOUT.free + size);
  const take = (bytes: number) => {
    const start = at;
    at = aligned(at + bytes);
    return start;
  };
  const planes = components.map(({ across, down }) =>
    take(mcusAcross * across * mcusDown * down * 64 * (progressive ? 2 : 1)),
  );
  const row = take(Math.max(...components.map(({ across }) => mcusAcross * across * 64)));
  // A repeated sample may go a few beyond the edge.
  const step = aligned(width + 16);
  // A table that is being read lies here too.
  const scratch = take(Math.max(512, step * components.length));
  const rows = Math.min(height, Math.max(1, Math.floor(2 ** 18 / (width * channels))));
  const out = take(rows * width * channels);
  return { planes, row, scratch, step, out, rows, end: at };
}
