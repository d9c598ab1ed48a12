import { Damage } from '../Damage.js';
import type { Pass } from './passes.js';
import { type PixelWriter, pixelWriter } from './pixelWriter.js';
import type { PngFile } from './readPng.js';
import { unfilter } from './unfilter.js';
import { unpackRow } from './unpackRow.js';

/** Takes the bytes of an image as they come, and writes each row that is whole into the image. */
export class RowSink {
  readonly #png: PngFile;
  readonly #passes: readonly Pass[];
  readonly #out: Uint8Array;
  readonly #write: PixelWriter;
  readonly #samples: Uint8Array | Uint16Array;
  readonly #back: number;
  /** Whether bytes are pixels already. */
  readonly #plain: boolean;
  #row: Uint8Array;
  #above: Uint8Array;
  #filled = -1;
  #filter = 0;
  #pass = 0;
  #y = 0;
  #taken = 0;

  constructor(png: PngFile, passes: readonly Pass[], out: Uint8Array) {
    const { depth, channels, palette, transparency } = png;
    const longest = Math.max(...passes.map(({ stride }) => stride));
    this.#png = png;
    this.#passes = passes;
    this.#out = out;
    this.#write = pixelWriter(png, out);
    this.#samples = new (depth === 16 ? Uint16Array : Uint8Array)(png.width * channels);
    this.#back = Math.max(1, (channels * depth) >> 3);
    this.#plain = depth === 8 && palette === undefined && transparency === undefined && !png.interlaced;
    this.#row = new Uint8Array(longest);
    this.#above = new Uint8Array(longest);
  }

  /** Whether all rows are there. */
  get isFull(): boolean {
    return this.#pass === this.#passes.length;
  }

  /** How many bytes of pixels have come. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes some bytes; false when no more are needed. */
  write(part: Uint8Array): boolean {
    for (let at = 0; at < part.length && !this.isFull; ) {
      if (this.#filled < 0) {
        this.#filter = part[at++]!;
        this.#filled = 0;
        this.#taken++;
      }
      const { stride } = this.#passes[this.#pass]!;
      const length = Math.min(stride - this.#filled, part.length - at);
      this.#row.set(part.subarray(at, at + length), this.#filled);
      this.#filled += length;
      this.#taken += length;
      at += length;
      if (this.#filled === stride) this.#finishRow();
    }
    return !this.isFull;
  }

  #finishRow(): void {
    const pass = this.#passes[this.#pass]!;
    const { width, depth, channels, offset } = this.#png;
    const row = this.#row.subarray(0, pass.stride);
    if (!unfilter(this.#filter, row, this.#above, this.#back)) {
      throw new Damage(offset, `filter ${this.#filter} of row ${this.#y} does not exist`);
    }
    const start = (pass.top + this.#y * pass.down) * width + pass.left;
    if (this.#plain) this.#out.set(row, start * channels);
    else {
      unpackRow(row, depth, this.#samples, pass.columns * channels);
      this.#write(this.#samples, pass.columns, start, pass.across);
    }
    [this.#row, this.#above] = [this.#above, this.#row];
    this.#filled = -1;
    this.#y++;
    if (this.#y < pass.rows) return;
    this.#y = 0;
    this.#pass++;
    this.#above.fill(0);
  }
}
