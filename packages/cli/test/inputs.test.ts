import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digitInput } from '../src/inputs/digitInput.js';
import { textInput } from '../src/inputs/textInput.js';
import { makeStyle } from '../src/terminal/style.js';
import { encodeGreyPng } from './encodeGreyPng.js';

const folder = mkdtempSync(join(tmpdir(), 'espalier-inputs-'));
const file = (name: string, bytes: Uint8Array | string) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** A stroke in the middle of a ground: 255 is white. */
function stroke(width: number, height: number, ink: number, ground: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return x >= 0.45 * width && x < 0.55 * width && i >= 0.2 * width * height && i < 0.8 * width * height
      ? ink
      : ground;
  });
}

test('dark ink on a light ground becomes light on dark, as MNIST has it, and both ways give the same image', async () => {
  const onPaper = file('paper.png', encodeGreyPng(stroke(56, 56, 0, 255), 56));
  const onDark = file('dark.png', encodeGreyPng(stroke(56, 56, 255, 0), 56));
  const [paper] = await digitInput.read(onPaper, { limit: 10 });
  const [dark] = await digitInput.read(onDark, { limit: 10 });
  expect(paper?.notes).toEqual(['resized from 56×56', 'inverted: its background is light']);
  expect(dark?.notes).toEqual(['resized from 56×56']);
  // Half a byte is rounded up before it is inverted, so the two may differ by one.
  const steps = paper!.example.pixels.map((value, i) => Math.abs(value - dark!.example.pixels[i]!) * 255);
  expect(Math.max(...steps)).toBeLessThan(1.01);
  expect(dark?.example.pixels[14 * 28 + 13]).toBeGreaterThan(0.8);
  expect(dark?.example.pixels[0]).toBe(0);
});

test('an image that is no square is set on one, so that a digit keeps its proportions', async () => {
  const [wide] = await digitInput.read(file('wide.png', encodeGreyPng(stroke(112, 28, 0, 255), 112)), { limit: 10 });
  const { pixels } = wide!.example;
  const rows = Array.from({ length: 28 }, (_, y) => Math.max(...pixels.subarray(28 * y, 28 * (y + 1))));
  expect(rows.findIndex((ink) => ink > 0.5)).toBeGreaterThan(9);
  expect(rows.findLastIndex((ink) => ink > 0.5)).toBeLessThan(18);
  expect(pixels[0]).toBe(0);
});

test('a strip that would need a huge square is shrunk first', async () => {
  const strip = file('strip.png', encodeGreyPng(new Uint8Array(60_000).fill(255), 60_000));
  const [read] = await digitInput.read(strip, { limit: 10 });
  expect(read?.example.pixels).toHaveLength(784);
});

test('an idx file gives one image, or the first few with a note', async () => {
  const idx = new Uint8Array(16 + 3 * 784);
  idx.set([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28]);
  idx.fill(255, 16 + 784, 16 + 2 * 784);
  const path = file('images-idx3-ubyte', idx);
  const [second] = await digitInput.read(path, { index: 1, limit: 10 });
  expect([second?.name, second?.example.pixels[0]]).toEqual([`${path}[1]`, 1]);
  const two = await digitInput.read(path, { limit: 2 });
  expect(two.map(({ notes }) => notes)).toEqual([[], ['the first 2 of 3 images']]);
  await expect(digitInput.read(path, { index: 3, limit: 2 })).rejects.toThrow(/--index: .*no such image/);
  await expect(digitInput.read(file('cut', idx.subarray(0, 999)), { limit: 2 })).rejects.toThrow(/truncated/);
  idx[7] = 1;
  idx[11] = 84;
  await expect(digitInput.read(file('other', idx), { limit: 2 })).rejects.toThrow(/does not hold images of digits/);
});

test.each([
  ['digit.bmp', 'BM nothing', /not a PNG or JPEG file/],
  ['empty.png', '', /an empty file/],
  ['cut.png', encodeGreyPng(new Uint8Array(784), 28).subarray(0, 50), /truncated or damaged/],
])('%s is refused by name', async (name, bytes, message) => {
  const path = file(name, bytes);
  await expect(digitInput.read(path, { limit: 1 })).rejects.toThrow(message);
  await expect(digitInput.read(path, { limit: 1 })).rejects.toThrow(path);
});

test('a folder is not a file', async () => {
  await expect(digitInput.read(folder, { limit: 1 })).rejects.toThrow(/is a folder/);
});

test('texts are shown on one line of the terminal', async () => {
  const path = file('mail.txt', 'Dear\x1b[2J all,\nwin   now');
  const [read] = await textInput.read(path, { limit: 1 });
  expect(textInput.show(read!.example, 12, makeStyle(false))).toEqual(['Dear all, w…']);
});
