import { inflateSync } from 'node:zlib';
import { decodeImage } from '@espalier/datasets';
import { describe, expect, it } from 'vitest';
import { golden } from './golden.js';

interface Case {
  readonly name: string;
  /** How far a pixel may be off. */
  readonly within: number;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly file: string;
  readonly pixels: string;
}

const { cases } = golden<{ cases: Case[] }>('images');

describe('decodeImage gives the pixels of Pillow for', () => {
  it.each(cases)('$name', async ({ file, shape, pixels, within }) => {
    const { width, height, channels, data } = await decodeImage(Buffer.from(file, 'base64'));
    expect([height, width, channels]).toEqual(shape);
    const expected = inflateSync(Buffer.from(pixels, 'base64'));
    const furthest = data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(data.length).toBe(expected.length);
    expect(furthest).toBeLessThanOrEqual(within);
  });
});
