import { inflate } from './inflate.js';
import type { PngFile } from './readPng.js';

/** `[first column, first row, column step, row step]` of the passes over the image: one, or the seven of Adam7. */
type Pass = readonly [left: number, top: number, across: number, down: number];
const WHOLE: readonly Pass[] = [[0, 0, 1, 1]];
const ADAM7: readonly Pass[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** All samples of a PNG, one an element, row by row. */
export async function pngSamples(png: PngFile): Promise<Uint8Array | Uint16Array> {
  const { width, height, depth, channels } = png;
  const passes = (png.interlaced ? ADAM7 : WHOLE).map((pass) => {
    const columns = Math.ceil((width - pass[0]) / pass[2]);
    const rows = columns > 0 ? Math.max(0, Math.ceil((height - pass[1]) / pass[3])) : 0;
    return { pass, columns, rows, stride: Math.ceil((columns * channels * depth) / 8) };
  });
  const size = passes.reduce((sum, { rows, stride }) => sum + rows * (1 + stride), 0);
  const bytes = await inflate(png.compressed, size);
  const samples = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  let at = 0;
  for (const { pass, columns, rows, stride } of passes) {
    let above = new Uint8Array(stride);
    for (let y = 0; y < rows; y++) {
      const row = bytes.subarray(at + 1, at + 1 + stride) as Uint8Array<ArrayBuffer>;
      undoFilter(bytes[at]!, row, above, Math.max(1, (channels * depth) >> 3));
      const start = (pass[1] + y * pass[3]) * width + pass[0];
      spread(row, depth, channels, columns, samples, start * channels, pass[2] * channels);
      above = row;
      at += 1 + stride;
    }
  }
  return samples;
}

/** Turns a filtered row into bytes, in place. `back` is the distance to the byte of the pixel on the left. */
function undoFilter(filter: number, row: Uint8Array, above: Uint8Array, back: number): void {
  if (filter > 4) throw new Error(`filter ${filter} does not exist`);
  if (filter === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i < back ? 0 : row[i - back]!;
    const up = above[i]!;
    let guess = left;
    if (filter === 2) guess = up;
    else if (filter === 3) guess = (left + up) >> 1;
    else if (filter === 4) guess = paeth(left, up, i < back ? 0 : above[i - back]!);
    row[i]! += guess;
  }
}

/** The neighbour nearest to `left + up - corner`. */
function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Unpacks the samples of a row and puts its pixels `step` samples apart. */
function spread(
  row: Uint8Array,
  depth: number,
  channels: number,
  columns: number,
  samples: Uint8Array | Uint16Array,
  start: number,
  step: number,
): void {
  const mask = (1 << depth) - 1;
  for (let x = 0, i = 0; x < columns; x++) {
    for (let c = 0; c < channels; c++, i++) {
      const bit = i * depth;
      const sample =
        depth === 16 ? (row[2 * i]! << 8) | row[2 * i + 1]! : (row[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
      samples[start + x * step + c] = sample;
    }
  }
}
