import { isEspalierError } from '@espalier/core';
import { decodeImage, type HostImage, imageToTensorData, resizeImage, toGrayscale } from '@espalier/datasets';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { golden } from './golden.js';
import { CHANNELS, type PngParts, writePng } from './writePng.js';

const image = (width: number, height: number, channels: number, data: Iterable<number>): HostImage => ({
  width,
  height,
  channels,
  data: Uint8Array.from(data),
});

const plain = ({ width, height, channels, data }: HostImage) => ({ width, height, channels, data: [...data] });

const KINDS: [PngParts['colourType'], PngParts['depth']][] = [
  ...([1, 2, 4, 8, 16] as const).map((depth): [0, typeof depth] => [0, depth]),
  ...([2, 4, 6] as const).flatMap((type): [typeof type, 8 | 16][] => [
    [type, 8],
    [type, 16],
  ]),
];

describe('decodeImage reads PNG', () => {
  it.each(KINDS.flatMap(([type, depth]) => [[type, depth, false] as const, [type, depth, true] as const]))(
    'of colour type %d with %d bits, interlaced: %s',
    async (colourType, depth, interlaced) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 19 }),
          fc.integer({ min: 1, max: 11 }),
          fc.nat(),
          async (width, height, seed) => {
            const most = 2 ** depth - 1;
            const channels = CHANNELS[colourType];
            const samples = Array.from(
              { length: width * height * channels },
              (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 8) & most,
            );
            const file = writePng({ width, height, colourType, depth, samples, interlaced });
            const data = samples.map((sample) => Math.round((sample * 255) / most));
            expect(plain(await decodeImage(file))).toEqual({ width, height, channels, data });
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  it.each([1, 2, 4, 8] as const)('with a palette of %d bits', async (depth) => {
    const palette = [10, 20, 30, 200, 100, 50];
    const samples = Array.from({ length: 13 * 3 }, (_, i) => (i * 7) % 2);
    const parts = { width: 13, height: 3, colourType: 3, depth, samples, palette } as const;
    const rgb = samples.flatMap((index) => palette.slice(3 * index, 3 * index + 3));
    expect(plain(await decodeImage(writePng(parts)))).toEqual({ width: 13, height: 3, channels: 3, data: rgb });

    const withAlpha = samples.flatMap((index) => [...palette.slice(3 * index, 3 * index + 3), index === 0 ? 99 : 255]);
    const transparent = await decodeImage(writePng({ ...parts, transparency: [99] }));
    expect(plain(transparent)).toEqual({ width: 13, height: 3, channels: 4, data: withAlpha });
  });

  it('with a transparent colour', async () => {
    const grey = writePng({ width: 3, height: 1, colourType: 0, depth: 8, samples: [1, 2, 3], transparency: [0, 2] });
    expect(plain(await decodeImage(grey)).data).toEqual([1, 255, 2, 0, 3, 255]);
    const rgb = { width: 2, height: 1, colourType: 2, depth: 8, samples: [1, 2, 3, 1, 2, 4] } as const;
    expect(plain(await decodeImage(writePng({ ...rgb, transparency: [0, 1, 0, 2, 0, 4] }))).data).toEqual([
      1, 2, 3, 255, 1, 2, 4, 0,
    ]);
  });
});

/** A picture without sharp edges, which JPEG keeps well. */
const smooth = (x: number, y: number) => [4 * x, 4 * y, 128];

function smoothJpeg(size = 48): Uint8Array {
  const rgba = Array.from({ length: size * size }, (_, i) => [...smooth(i % size, Math.floor(i / size)), 255]).flat();
  return new Uint8Array(jpeg.encode({ width: size, height: size, data: Uint8Array.from(rgba) }, 95).data);
}

/** 16 × 8 pixels in one channel, the left half 0 and the right half 255: two blocks without alternating parts. */
const GREY_JPEG = Uint8Array.from([
  ...[0xff, 0xd8],
  ...[0xff, 0xdb, 0, 67, 0, ...new Array<number>(64).fill(8)],
  ...[0xff, 0xc0, 0, 11, 8, 0, 8, 0, 16, 1, 1, 0x11, 0],
  // One code each, of one bit: a difference of 8 bits, and the end of the block.
  ...[0xff, 0xc4, 0, 20, 0x00, 1, ...new Array<number>(15).fill(0), 8],
  ...[0xff, 0xc4, 0, 20, 0x10, 1, ...new Array<number>(15).fill(0), 0],
  ...[0xff, 0xda, 0, 8, 1, 1, 0x00, 0, 63, 0],
  // 0 01111111 (-128) 0, 0 11111111 (+255) 0, filled up with ones.
  ...[0b00111111, 0b10011111, 0b11101111],
  ...[0xff, 0xd9],
]);

describe('decodeImage reads JPEG', () => {
  it('in colour', async () => {
    const { width, height, channels, data } = await decodeImage(smoothJpeg());
    expect([width, height, channels]).toEqual([48, 48, 3]);
    const expected = Array.from({ length: 48 * 48 }, (_, i) => smooth(i % 48, Math.floor(i / 48))).flat();
    const furthest = Math.max(...expected.map((value, i) => Math.abs(value - data[i]!)));
    expect(furthest).toBeLessThan(8);
  });

  it('in grey, as one channel', async () => {
    const { width, height, channels, data } = await decodeImage(GREY_JPEG);
    expect([width, height, channels, data.length]).toEqual([16, 8, 1, 128]);
    expect([...data].every((value, i) => Math.abs(value - (i % 16 < 8 ? 0 : 255)) < 3)).toBe(true);
  });
});

describe('decodeImage refuses', () => {
  const png = writePng({
    width: 9,
    height: 9,
    colourType: 2,
    depth: 8,
    samples: Array.from({ length: 243 }, (_, i) => (i * 37) & 255),
  });

  async function refusal(bytes: Uint8Array): Promise<string> {
    const error = await decodeImage(bytes, { where: 'photos/cat.png' }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!isEspalierError(error, 'DataError')) throw new Error(`no DataError but ${error}`);
    return error.message;
  }

  it('a PNG cut off anywhere', async () => {
    for (let length = 8; length < png.length - 12; length++) {
      expect(await refusal(png.slice(0, length))).toMatch(/^photos\/cat.png: the image is truncated or damaged/);
    }
  });

  it('a PNG with any bit turned', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: png.length - 1 }), fc.nat(7), async (at, bit) => {
        const damaged = png.slice();
        damaged[at]! ^= 1 << bit;
        expect(await refusal(damaged)).toMatch(/truncated or damaged/);
      }),
    );
  });

  it('a JPEG cut off anywhere', async () => {
    const whole = smoothJpeg(24);
    for (let length = 4; length < whole.length - 2; length += 3) {
      expect(await refusal(whole.slice(0, length))).toMatch(/truncated or damaged/);
    }
  });

  it('a palette colour that is not there', async () => {
    const file = writePng({ width: 1, height: 1, colourType: 3, depth: 8, samples: [2], palette: [1, 2, 3] });
    expect(await refusal(file)).toMatch(/truncated or damaged/);
  });

  it.each([
    ['a GIF', [0x47, 0x49, 0x46, 0x38], /not a PNG or JPEG file.*got: +47 49 46 38/s],
    ['an empty file', [], /not a PNG or JPEG file.*an empty file/s],
  ])('%s', async (_, bytes, message) => {
    expect(await refusal(Uint8Array.from(bytes))).toMatch(message);
  });
});

describe('toGrayscale', () => {
  it('weighs the colours as BT.601', () => {
    const colours = image(4, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
    expect(plain(toGrayscale(colours)).data).toEqual([76, 150, 29, 255]);
  });

  it('lays transparent pixels over the background', () => {
    const drawing = image(2, 1, 4, [0, 0, 0, 0, 0, 0, 0, 255]);
    expect(plain(toGrayscale(drawing)).data).toEqual([255, 0]);
    expect(plain(toGrayscale(drawing, { background: 40 })).data).toEqual([40, 0]);
    expect(plain(toGrayscale(image(1, 1, 2, [100, 51])))).toEqual(plain(image(1, 1, 1, [224])));
  });

  it('leaves grey images alone', () => {
    expect(plain(toGrayscale(image(1, 2, 1, [3, 4]))).data).toEqual([3, 4]);
  });
});

describe('resizeImage', () => {
  const { cases } = golden<{
    cases: {
      shape: [number, number, number];
      data: number[];
      to: [number, number];
      antialias: boolean;
      values: number[];
    }[];
  }>('image');

  it.each(cases)('as PyTorch: $shape to $to, antialias $antialias', ({ shape, data, to, antialias, values }) => {
    const [height, width, channels] = shape;
    const resized = resizeImage(image(width, height, channels, data), { width: to[1], height: to[0], antialias });
    expect([resized.height, resized.width, resized.channels]).toEqual([...to, channels]);
    // The golden values are not rounded, so the nearest byte is at most half away, and float32 sums a little more.
    const furthest = Math.max(...values.map((value, i) => Math.abs(value - resized.data[i]!)));
    expect(furthest).toBeLessThanOrEqual(0.5001);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a side of %d', (width) => {
    expect(() => resizeImage(image(1, 1, 1, [0]), { width, height: 1 })).toThrow(/width must be a positive integer/);
  });
});

describe('imageToTensorData', () => {
  it('makes the input of an MNIST model of any image', () => {
    const { data, shape } = imageToTensorData(image(56, 40, 4, new Uint8Array(56 * 40 * 4)));
    expect(shape).toEqual([28, 28, 1]);
    expect(data.length).toBe(784);
    expect(data.every((value) => value === 1)).toBe(true);
  });

  it('inverts, scales and keeps colours where asked', () => {
    const { data, shape } = imageToTensorData(image(1, 2, 3, [0, 51, 255, 10, 20, 30]), {
      width: 1,
      height: 2,
      channels: 3,
      invert: true,
      scale: 2,
    });
    expect(shape).toEqual([2, 1, 3]);
    expect([...data]).toEqual([510, 408, 0, 490, 470, 450]);
  });

  it('repeats grey for RGB', () => {
    const { data } = imageToTensorData(image(2, 1, 1, [0, 255]), { width: 2, height: 1, channels: 3 });
    expect([...data]).toEqual([0, 0, 0, 1, 1, 1]);
  });
});

describe('options and images are checked', () => {
  const one = image(1, 1, 3, [1, 2, 3]);
  it.each<[string, () => unknown, RegExp]>([
    ['a misspelt option', () => toGrayscale(one, { backgroud: 3 } as never), /did you mean 'background'/],
    ['a background of another type', () => toGrayscale(one, { background: '3' } as never), /a number/],
    ['a background out of range', () => imageToTensorData(one, { background: 256 }), /0 to 255/],
    ['two channels', () => imageToTensorData(one, { channels: 2 } as never), /1 channel, grey, or 3/],
    ['a scale that is infinite', () => imageToTensorData(one, { scale: Infinity }), /out of range/],
    ['a misspelt width', () => imageToTensorData(one, { with: 3 } as never), /did you mean 'width'/],
    ['options by place', () => resizeImage(one, 28 as never), /by name/],
    ['no options', () => resizeImage(one, undefined as never), /width must be a positive integer/],
    ['antialias as text', () => resizeImage(one, { width: 1, height: 1, antialias: 'no' } as never), /true or false/],
    ['a result beyond any array', () => resizeImage(one, { width: 1e6, height: 1e6 }), /out of range/],
    ['too few values', () => resizeImage(image(2, 2, 3, [1]), { width: 1, height: 1 }), /not an image/],
    ['five channels', () => toGrayscale(image(1, 1, 5, [1, 2, 3, 4, 5])), /not an image/],
    ['no image', () => imageToTensorData(undefined as never), /not an image/],
    ['a promise of an image', () => toGrayscale(decodeImage(GREY_JPEG) as never), /not an image/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
    expect(() => run()).toThrow(expect.objectContaining({ kind: 'ValueError' }));
  });
});
