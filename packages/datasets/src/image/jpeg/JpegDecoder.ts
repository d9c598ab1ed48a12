import { Damage } from '../Damage.js';
import type { ImageLimits } from '../ImageLimits.js';
import { Unsupported } from '../Unsupported.js';
import type { JpegExports } from './jpegInstance.js';
import { type JpegMemory, jpegMemory, LAYOUT } from './jpegLayout.js';
import type { Segment } from './nextSegment.js';
import type { JpegComponent, JpegFrame } from './readFrame.js';
import { readScan } from './readScan.js';
import { standardTables } from './standardTables.js';
import { ZIGZAG } from './zigzag.js';

/** The tables and planes of one image in the memory of an instance, and what has been decoded into them. */
export class JpegDecoder {
  readonly #exports: JpegExports;
  readonly #bytes: Uint8Array;
  readonly #frame: JpegFrame;
  readonly #limits: ImageLimits;
  readonly #memory: JpegMemory;
  readonly #view: DataView;
  readonly #divisors: Uint16Array[] = [];
  readonly #tables = new Set<number>();
  readonly #scans: number[];
  #interval = 0;

  /** Takes the memory that the image needs. */
  constructor(exports: JpegExports, bytes: Uint8Array, frame: JpegFrame, channels: number, limits: ImageLimits) {
    this.#exports = exports;
    this.#bytes = bytes;
    this.#frame = frame;
    this.#limits = limits;
    this.#scans = frame.components.map(() => 0);
    this.#memory = jpegMemory(frame, bytes.length, channels);
    const more = this.#memory.end - exports.memory.buffer.byteLength;
    if (more > 0) exports.memory.grow(Math.ceil(more / 2 ** 16));
    const heap = new Uint8Array(exports.memory.buffer);
    this.#view = new DataView(exports.memory.buffer);
    heap.set(ZIGZAG, LAYOUT.zigzag);
    heap.set(bytes, LAYOUT.free);
    const [start] = this.#memory.planes;
    heap.fill(0, start, this.#memory.row);
    exports.prepareColours();
    for (const [index, component] of frame.components.entries()) this.#describe(component, index);
  }

  /** Reads a segment with tables or the restart interval; others say nothing about pixels. */
  read({ marker, offset, data }: Segment): void {
    if (marker === 0xdb) this.#readDivisors(data, offset);
    else if (marker === 0xc4) this.#readTables(data, offset);
    else if (marker === 0xdd) {
      if (data.length < 2) throw new Damage(offset, 'the restart interval is cut short');
      this.#interval = (data[0]! << 8) | data[1]!;
    }
  }

  /** Decodes the scan behind its header; answers with where the next marker is to be looked for. */
  scan(segment: Segment): number {
    const { offset, end } = segment;
    const { progressive, mcusAcross, mcusDown, components } = this.#frame;
    const scan = readScan(segment, this.#frame);
    if (this.#tables.size === 0) this.#readTables(standardTables(), offset);
    for (const { index, dc, ac } of scan.components) {
      this.#countScan(index, scan.start === 0, offset);
      if (scan.start === 0 && scan.high === 0) this.#requireTable(dc, 'DC', offset);
      if (scan.end > 0) this.#requireTable(4 + ac, 'AC', offset);
      const record = LAYOUT.components + 64 * index;
      this.#view.setInt32(record + 36, LAYOUT.huffman + LAYOUT.huffmanStride * dc, true);
      this.#view.setInt32(record + 40, LAYOUT.huffman + LAYOUT.huffmanStride * (4 + ac), true);
      this.#latchDivisors(index, components[index]!.table, offset);
    }
    const next = this.#exports.decodeScan(
      LAYOUT.free + end,
      LAYOUT.free + this.#bytes.length,
      progressive ? 1 : 0,
      scan.components.length,
      scan.components.reduce((packed, { index }, i) => packed | (index << (8 * i)), 0),
      mcusAcross,
      mcusDown,
      this.#interval,
      scan.start,
      scan.end,
      scan.high,
      scan.low,
    );
    if (next !== 0) return next - LAYOUT.free;
    const at = this.#exports.failedAt() - LAYOUT.free;
    const ended = at >= this.#bytes.length - 1;
    throw new Damage(
      ended ? this.#bytes.length : at,
      ended ? 'the file ends within a scan' : `the data of the scan from offset ${offset} on are broken`,
    );
  }

  /** Whether all components have been decoded, so that only an end marker can be missing. */
  get isComplete(): boolean {
    return this.#scans.every((count) => count > 0);
  }

  /** The pixels. */
  pixels(colours: number, channels: number): Uint8Array {
    const { progressive, width, height, mostAcross, mostDown, components } = this.#frame;
    const { rows, out, scratch, step, row } = this.#memory;
    const data = new Uint8Array(width * height * channels);
    if (progressive) for (const index of components.keys()) this.#exports.transformPlane(index, row);
    for (let y = 0; y < height; y += rows) {
      const last = Math.min(height, y + rows);
      this.#exports.convertRows(y, last, width, mostAcross, mostDown, colours, out, scratch, step);
      const strip = new Uint8Array(this.#exports.memory.buffer, out, (last - y) * width * channels);
      data.set(strip, y * width * channels);
    }
    return data;
  }

  #describe(component: JpegComponent, index: number): void {
    const { across, down, blocksAcross, blocksDown, width, height } = component;
    const stride = this.#frame.mcusAcross * across;
    const divisors = LAYOUT.quantisation + 256 * index;
    const record = LAYOUT.components + 64 * index;
    const fields = [
      across,
      down,
      blocksAcross,
      blocksDown,
      stride,
      this.#memory.planes[index]!,
      divisors,
      width,
      height,
    ];
    for (const [i, value] of fields.entries()) this.#view.setUint32(record + 4 * i, value, true);
  }

  #readDivisors(data: Uint8Array, offset: number): void {
    for (let at = 0; at < data.length; ) {
      const [wide, id] = [data[at]! >> 4, data[at]! & 15];
      const end = at + 1 + 64 * (wide + 1);
      if (wide > 1 || id > 3 || end > data.length) throw new Damage(offset, 'a quantisation table is damaged');
      this.#divisors[id] = Uint16Array.from({ length: 64 }, (_, k) =>
        wide ? (data[at + 1 + 2 * k]! << 8) | data[at + 2 + 2 * k]! : data[at + 1 + k]!,
      );
      at = end;
    }
  }

  /** A component keeps the divisors that stood in its table when its first scan began. */
  #latchDivisors(index: number, table: number, offset: number): void {
    if (this.#scans[index] !== 1) return;
    const divisors = this.#divisors[table];
    if (divisors === undefined) throw new Damage(offset, `there is no quantisation table ${table}`);
    const start = LAYOUT.quantisation + 256 * index;
    for (const [k, value] of divisors.entries()) this.#view.setInt32(start + 4 * ZIGZAG[k]!, value, true);
  }

  #readTables(data: Uint8Array, offset: number): void {
    const heap = new Uint8Array(this.#exports.memory.buffer);
    for (let at = 0; at < data.length; ) {
      const [kind, id] = [data[at]! >> 4, data[at]! & 15];
      const symbols = data.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
      const end = at + 17 + symbols;
      if (kind > 1 || id > 3 || symbols > 256 || end > data.length)
        throw new Damage(offset, 'a Huffman table is damaged');
      // Free until rows are finished.
      heap.set(data.subarray(at + 1, end), this.#memory.scratch);
      const table = 4 * kind + id;
      const address = LAYOUT.huffman + LAYOUT.huffmanStride * table;
      if (this.#exports.buildHuffmanTable(address, this.#memory.scratch, symbols) === 0) {
        throw new Damage(offset, 'a Huffman table has too many codes of a length');
      }
      this.#tables.add(table);
      at = end;
    }
  }

  #requireTable(table: number, kind: string, offset: number): void {
    if (!this.#tables.has(table)) throw new Damage(offset, `there is no Huffman table ${kind} ${table & 3}`);
  }

  #countScan(index: number, withDc: boolean, offset: number): void {
    const { progressive } = this.#frame;
    const count = ++this.#scans[index]!;
    if (!progressive && count > 1) throw new Damage(offset, 'a component comes twice');
    if (count === 1 && !withDc) throw new Damage(offset, 'the first scan of a component is not its DC scan');
    if (count <= this.#limits.maxScans) return;
    throw new Unsupported({
      problem: 'the image has more scans than allowed',
      expected: `at most ${this.#limits.maxScans} for each component, as maxScans says`,
      mend: 'raise maxScans if the file is trusted',
    });
  }
}
