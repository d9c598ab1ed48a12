import { deflateSync } from 'node:zlib';
import { type DecodeImageOptions, decodeImage } from '@espalier/datasets';
import { describe, expect, it } from 'vitest';
import { golden } from './golden.js';
import { pngChunk as chunk } from './pngChunk.js';
import { refusal } from './refusal.js';
import { writePng } from './writePng.js';

const { cases } = golden<{ cases: { name: string; file: string }[] }>('images');
const file = (name: string) => new Uint8Array(Buffer.from(cases.find((one) => one.name === name)!.file, 'base64'));
const PLAIN = file('jpeg 2x2 ');
const PROGRESSIVE = file('jpeg 2x2 -progressive');

/** The message of the DataError that comes. */
const refused = (bytes: Uint8Array, options: DecodeImageOptions = {}) =>
  refusal(decodeImage(bytes, { where: 'cat.jpg', ...options }), 'DataError');

/** The file with the bytes from the first place of `marker` on replaced. */
function patched(bytes: Uint8Array, marker: number, at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  const start = copy.findIndex((byte, i) => byte === 0xff && copy[i + 1] === marker);
  copy.set(values, start + at);
  return copy;
}

describe('a JPEG of another kind is refused by name', () => {
  it.each([
    ['lossless', patched(PLAIN, 0xc0, 1, 0xc3), /lossless/],
    ['arithmetic', patched(PLAIN, 0xc0, 1, 0xc9), /arithmetic/],
    ['progressive and arithmetic', patched(PROGRESSIVE, 0xc2, 1, 0xca), /arithmetic/],
    ['hierarchical', patched(PLAIN, 0xc0, 1, 0xc5), /hierarchical/],
    ['12 bits', patched(PLAIN, 0xc0, 4, 12), /12 bits/],
    ['no height', patched(PLAIN, 0xc0, 5, 0, 0), /DNL/],
    ['two components', patched(PLAIN, 0xc0, 9, 2), /2 components/],
    ['two thirds of the chroma', patched(PLAIN, 0xc0, 11, 0x32, 0, 2, 0x21), /chroma at 2\/3/],
  ])('%s', async (_, bytes, kind) => {
    const message = await refused(bytes);
    expect(message).toMatch(/^cat.jpg: this kind of JPEG cannot be read/);
    expect(message).toMatch(kind);
  });
});

describe('a damaged JPEG is refused with the offset', () => {
  it.each([
    ['a cut header', PLAIN.slice(0, 30), /at offset 20 /],
    ['no frame', patched(PLAIN, 0xc0, 1, 0xfe), /no frame header/],
    ['no quantisation table', patched(PLAIN, 0xdb, 1, 0xfe), /no quantisation table/],
    ['a Huffman table of too many codes', patched(PLAIN, 0xc4, 5, 5, 1, 0), /too many codes/],
    ['a scan of another component', patched(PLAIN, 0xda, 5, 9), /does not have/],
    ['a scan without its Huffman table', patched(PLAIN, 0xda, 6, 0x22), /no Huffman table/],
    ['a scan of one component twice', patched(PLAIN, 0xda, 7, 1), /twice/],
    ['a band that cannot be', patched(PROGRESSIVE, 0xda, 11, 64), /cannot be/],
    ['no columns', patched(PLAIN, 0xc0, 7, 0, 0), /no columns/],
    ['a sampling factor of 0', patched(PLAIN, 0xc0, 11, 0), /sampling factor/],
    ['more blocks than bits', patched(PLAIN, 0xc0, 5, 0x20, 0, 0x20, 0), /blocks of pixels/],
  ])('%s', async (_, bytes, problem) => {
    const message = await refused(bytes);
    expect(message).toMatch(/^cat.jpg: the image is truncated or damaged/);
    expect(message).toMatch(problem);
    expect(message).toMatch(/at offset \d+/);
  });

  it.each([
    ['baseline', PLAIN],
    ['progressive', PROGRESSIVE],
    ['with restart markers', file('jpeg restart 3B ')],
    ['grey with restart markers', file('jpeg restart 5B -grayscale')],
  ])('cut off anywhere, %s', async (_, whole) => {
    for (let length = 3; length < whole.length - 2; length += 7) {
      expect(await refused(whole.slice(0, length))).toMatch(/truncated or damaged[\s\S]*at offset/);
    }
  });

  it('a restart marker that is not the next', async () => {
    const restarts = file('jpeg restart 3B ');
    expect(await refused(patched(restarts, 0xd1, 1, 0xd3))).toMatch(/the data of the scan .* are broken/);
  });

  it('but not for Exif data that are damaged, nor for a missing end marker', async () => {
    const turned = file('jpeg orientation 6 little');
    const upright = await decodeImage(turned);
    const start = turned.findIndex((byte, i) => byte === 0xff && turned[i + 1] === 0xe1) + 10;
    for (const [at, value] of [
      [0, 0],
      [4, 255],
      [10, 99],
      [12, 7],
      [18, 9],
    ] as const) {
      const copy = turned.slice();
      copy[start + at] = value;
      const { width, height } = await decodeImage(copy);
      expect([width, height]).toEqual([upright.height, upright.width]);
    }
    expect((await decodeImage(PLAIN.slice(0, -2))).data).toEqual((await decodeImage(PLAIN)).data);
  });
});

describe('imageOrientation', () => {
  it('leaves the pixels as they are stored where asked', async () => {
    const stored = await decodeImage(file('jpeg orientation 6 big'), { imageOrientation: 'none' });
    const upright = await decodeImage(file('jpeg orientation 6 big'), { imageOrientation: 'from-image' });
    expect([stored.width, stored.height, upright.width, upright.height]).toEqual([21, 13, 13, 21]);
    // The first column from below is the first row.
    const column = Array.from({ length: 13 }, (_, x) => stored.data[(12 - x) * 21 * 3]);
    expect(Array.from({ length: 13 }, (_, x) => upright.data[x * 3])).toEqual(column);
    const png = await decodeImage(file('png orientation 8'), { imageOrientation: 'none' });
    expect([png.width, png.height]).toEqual([9, 5]);
  });
});

describe('limits', () => {
  const png = writePng({ width: 40, height: 50, colourType: 2, depth: 8, samples: new Array(6000).fill(7) });

  it.each([
    ['pixels of a PNG', png, { maxPixels: 1999 }, /at most 1999, as maxPixels[\s\S]*40 x 50 = 2000 pixels/],
    ['bytes of a PNG', png, { maxBytes: 5999 }, /at most 5999, as maxBytes[\s\S]*6000 bytes/],
    ['pixels of a JPEG', PLAIN, { maxPixels: 2013 }, /53 x 38 = 2014 pixels/],
    ['bytes of a JPEG', PLAIN, { maxBytes: 6041 }, /6042 bytes/],
    ['scans of a JPEG', PROGRESSIVE, { maxScans: 2 }, /at most 2 for each component, as maxScans/],
  ])('%s', async (_, bytes, options, message) => {
    expect(await refused(bytes, options)).toMatch(message);
    const raised = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value + 4]));
    await decodeImage(bytes, raised);
  });

  it('refuses by the header alone', async () => {
    const large = patched(PLAIN, 0xc0, 5, 0xff, 0xff, 0xff, 0xff).slice(0, 400);
    expect(await refused(large)).toMatch(/65535 x 65535/);
    const header = writePng({ width: 1, height: 1, colourType: 6, depth: 16, samples: [0, 0, 0, 0] });
    const huge = new Uint8Array([
      ...header.subarray(0, 8),
      ...chunk('IHDR', [0x7f, 255, 255, 255, 0x7f, 255, 255, 255, 16, 6, 0, 0, 0]),
    ]);
    expect(await refused(huge)).toMatch(/2147483647 x 2147483647/);
  });

  it.each([
    [{ maxPixel: 3 }, /did you mean 'maxPixels'/],
    [{ maxPixels: '3' }, /a number/],
    [{ maxBytes: 0 }, /must be positive/],
    [{ imageOrientation: 'ignore' }, /'from-image' or 'none'/],
    ['cat.png', /by name/],
  ])('of options: %s', async (options, message) => {
    const run = decodeImage(png, options as DecodeImageOptions);
    expect(await refusal(run, 'ValueError')).toMatch(message);
  });

  it.each([['photo.png'], [undefined], [null], [[1, 2]]])('of what to decode: %s', async (bytes) => {
    const run = decodeImage(bytes as unknown as Uint8Array);
    expect(await refusal(run, 'ValueError')).toMatch(/these are not bytes/);
  });
});

describe('a JPEG costs what its pixels do', () => {
  /** A grey image whose blocks are all the same, at one or two bits each. */
  const flat = (width: number, height: number, progressive: boolean) => {
    const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
    return Uint8Array.from([
      ...[0xff, 0xd8],
      ...[0xff, 0xdb, 0, 67, 0, ...new Array<number>(64).fill(8)],
      ...[0xff, progressive ? 0xc2 : 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
      // One code each, of one bit: no difference, and the end of the block.
      ...[0xff, 0xc4, 0, 20, 0x00, 1, ...new Array<number>(15).fill(0), 0],
      ...[0xff, 0xc4, 0, 20, 0x10, 1, ...new Array<number>(15).fill(0), 0],
      ...[0xff, 0xda, 0, 8, 1, 1, 0x00, 0, progressive ? 0 : 63, 0],
      ...new Uint8Array(Math.ceil((blocks * (progressive ? 1 : 2)) / 8)),
      ...[0xff, 0xd9],
    ]);
  };

  it.each([
    ['baseline', false],
    ['progressive', true],
  ])('48 megapixels, %s', async (_, progressive) => {
    const file = flat(8000, 6000, progressive);
    const before = process.cpuUsage();
    const { width, height, channels, data } = await decodeImage(file);
    const { user, system } = process.cpuUsage(before);
    expect([width, height, channels, data.length]).toEqual([8000, 6000, 1, 48e6]);
    expect(data.every((value) => value === 128)).toBe(true);
    expect((user + system) / 1000).toBeLessThan(3000);
  });

  it('a hundred thousand segments and tables', async () => {
    const [start, rest] = [PLAIN.subarray(0, 2), PLAIN.subarray(2)];
    const comment = Uint8Array.from([0xff, 0xfe, 0, 2]);
    const at = PLAIN.findIndex((byte, i) => byte === 0xff && PLAIN[i + 1] === 0xc4);
    const table = PLAIN.subarray(at, at + 2 + ((PLAIN[at + 2]! << 8) | PLAIN[at + 3]!));
    const many = Buffer.concat([start, ...new Array(100_000).fill(comment), ...new Array(20_000).fill(table), rest]);
    const before = process.cpuUsage();
    expect((await decodeImage(many)).data).toEqual((await decodeImage(PLAIN)).data);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  });
});

describe('a PNG costs what its pixels do', () => {
  const header = (width: number, height: number, depth: number, type: number) => [
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', [...uint32(width), ...uint32(height), depth, type, 0, 0, 0]),
  ];

  it('where it announces more than its bytes can hold', async () => {
    const small = chunk('IDAT', deflateSync(new Uint8Array(100)));
    const bytes = Uint8Array.from([...header(9000, 9000, 8, 0), ...small, ...chunk('IEND', [])]);
    expect(await refused(bytes)).toMatch(/cannot hold 81009000 bytes of pixels, at offset 33/);
  });

  it('where there is more behind the pixels, and where texts unpack to a lot', async () => {
    const bomb = deflateSync(new Uint8Array(50e6));
    const text = chunk('zTXt', [65, 0, 0, ...bomb]);
    const pixels = deflateSync(new Uint8Array(20e6));
    const bytes = Uint8Array.from([...header(3, 2, 8, 0), ...text, ...chunk('IDAT', pixels), ...chunk('IEND', [])]);
    const before = process.cpuUsage();
    expect((await decodeImage(bytes)).data.join()).toBe('0,0,0,0,0,0');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(300);
  });

  it('where it comes in very many chunks', async () => {
    const pixels = deflateSync(Buffer.from(Array.from({ length: 300 * 301 }, (_, i) => (i % 301 ? (i * i) & 255 : 0))));
    const start = header(300, 300, 8, 0);
    const parts = [...pixels].map((byte) => chunk('IDAT', [byte]));
    const nothing = new Array<Uint8Array>(100_000).fill(chunk('tEXt', []));
    const bytes = Buffer.concat([Uint8Array.from(start), ...nothing, ...parts, chunk('IEND', [])]);
    const before = process.cpuUsage();
    expect((await decodeImage(bytes)).data[5]).toBe(36);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1500);
  });
});

function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
