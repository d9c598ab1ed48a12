import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digitInput } from '../src/inputs/digitInput.js';
import { digitOf } from '../src/inputs/digitOf.js';
import { findFile } from '../src/inputs/findFile.js';
import { mailOf } from '../src/inputs/mailOf.js';
import { plainText } from '../src/inputs/plainText.js';
import { readBytes } from '../src/inputs/readBytes.js';
import { textInput } from '../src/inputs/textInput.js';
import { makeStyle } from '../src/terminal/style.js';
import { encodeGreyPng } from './encodeGreyPng.js';

const folder = mkdtempSync(join(tmpdir(), 'espalier-inputs-'));
const file = (name: string, bytes: Uint8Array | string) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const options = { limit: 10, maxBytes: 2 ** 20 };
const readDigits = (value: string, more: Partial<typeof options> & { index?: number } = {}) =>
  digitInput.read({ value, isText: false }, { ...options, ...more });
const readText = (value: string, isText = false) => textInput.read({ value, isText }, options);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A stroke in the middle of a ground: 255 is white. */
function stroke(width: number, height: number, ink: number, ground: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return x >= 0.45 * width && x < 0.55 * width && i >= 0.2 * width * height && i < 0.8 * width * height
      ? ink
      : ground;
  });
}

describe('pictures of digits', () => {
  const grey = (data: Uint8Array, width: number) => ({ width, height: data.length / width, channels: 1, data });

  test('dark ink on a light ground becomes light on dark, as MNIST has it, and both ways give the same image', () => {
    const paper = digitOf(grey(stroke(56, 56, 0, 255), 56));
    const dark = digitOf(grey(stroke(56, 56, 255, 0), 56));
    expect(paper.notes).toEqual(['resized from 56×56', 'inverted: its background is light']);
    expect(dark.notes).toEqual(['resized from 56×56']);
    expect(paper.data).toEqual(dark.data);
    expect(dark.data[14 * 28 + 14]).toBeGreaterThan(200);
    expect(dark.data[0]).toBe(0);
  });

  test.each([
    ['small, in a corner', 200, 200, 20, 30, 8, 40],
    ['as large as the picture', 60, 60, 0, 0, 12, 60],
    ['on a wide picture', 300, 60, 200, 10, 8, 40],
    ['on a high picture', 60, 300, 30, 220, 8, 40],
    ['on 28×28, out of the middle', 28, 28, 1, 2, 4, 20],
  ])('a stroke %s is brought to 20 pixels in the middle', (_, width, height, left, top, across, down) => {
    const data = new Uint8Array(width * height);
    for (let y = top; y < top + down; y++) data.fill(255, y * width + left, y * width + left + across);
    const digit = digitOf(grey(data, width));
    const rows = Array.from({ length: 28 }, (_, y) => Math.max(...digit.data.subarray(28 * y, 28 * (y + 1))));
    expect([rows.findIndex((ink) => ink > 0), rows.findLastIndex((ink) => ink > 0)]).toEqual([4, 23]);
    const columns = Array.from({ length: 28 }, (_, x) => digit.data[14 * 28 + x]!);
    const first = columns.findIndex((ink) => ink > 127);
    const last = columns.findLastIndex((ink) => ink > 127);
    expect(Math.abs(first + last - 27)).toBeLessThanOrEqual(1);
  });

  test('weak ink on grey paper counts as strong ink on black', () => {
    const weak = digitOf(grey(stroke(56, 56, 120, 200), 56));
    expect(weak.data).toEqual(digitOf(grey(stroke(56, 56, 255, 0), 56)).data);
  });

  test('RGB, alpha and grey of the same picture are the same digit', () => {
    const pixels = stroke(56, 56, 0, 255);
    const rgb = Uint8Array.from({ length: 3 * pixels.length }, (_, i) => pixels[Math.floor(i / 3)]!);
    const transparent = Uint8Array.from({ length: 2 * pixels.length }, (_, i) =>
      i % 2 === 0 ? 0 : 255 - pixels[i >> 1]!,
    );
    const expected = digitOf(grey(pixels, 56)).data;
    expect(digitOf({ width: 56, height: 56, channels: 3, data: rgb }).data).toEqual(expected);
    expect(digitOf({ width: 56, height: 56, channels: 2, data: transparent }).data).toEqual(expected);
  });

  test('an even picture has nothing on it, however long', () => {
    const { data, notes } = digitOf(grey(new Uint8Array(60_000).fill(255), 60_000));
    expect(Math.max(...data)).toBe(0);
    expect(notes).toContain('nothing is drawn on it');
  });

  test('an idx file gives one image, or the first few with a note', async () => {
    const idx = new Uint8Array(16 + 3 * 784);
    idx.set([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28]);
    idx.fill(255, 16 + 784, 16 + 2 * 784);
    const path = file('images-idx3-ubyte', idx);
    const [second] = await readDigits(path, { index: 1 });
    expect([second?.name, second?.raw.data[0]]).toEqual([`${path}[1]`, 255]);
    const two = await readDigits(path, { limit: 2 });
    expect(two.map(({ notes }) => notes)).toEqual([[], ['the first 2 of 3 images']]);
    await expect(readDigits(path, { index: 3 })).rejects.toThrow(/--index: .*no such image/);
    await expect(readDigits(file('cut', idx.subarray(0, 999)))).rejects.toThrow(/truncated/);
    idx[7] = 1;
    idx[11] = 84;
    await expect(readDigits(file('other', idx))).rejects.toThrow(/does not hold images of digits/);
  });

  test.each([
    ['digit.bmp', 'BM nothing', /not a PNG or JPEG file/],
    ['empty.png', '', /it is empty/],
    ['cut.png', encodeGreyPng(new Uint8Array(784), 28).subarray(0, 50), /truncated or damaged/],
  ])('%s is refused by name', async (name, bytes, message) => {
    const path = file(name, bytes);
    await expect(readDigits(path)).rejects.toThrow(message);
    await expect(readDigits(path)).rejects.toThrow(path);
  });

  test('a text is no picture', async () => {
    await expect(digitInput.read({ value: 'seven', isText: true }, options)).rejects.toThrow(/takes pictures/);
  });
});

describe('what is a file, and what a text', () => {
  const there = file('review.md', 'I love AI');
  file('no ending', 'x');

  test.each([there, join(folder, 'no ending'), folder, '.'])('%s is there, so it is meant', (path) => {
    expect(findFile(path)).toBe(true);
  });

  test.each([
    'review2.md',
    'my review.txt',
    'mails/one',
    './one',
    '~/one',
    'C:\\mails\\one.eml',
    'a/b/c d.eml',
    'archive.tar.gz',
    'node.js',
  ])('%s looks like a file, and is none', (path) => {
    expect(() => findFile(path)).toThrow(/no such file[\s\S]*--text/);
  });

  test.each([
    'I love AI',
    'awesome',
    'Hi.',
    'It is 3.5',
    'https://example.com/a.html is great',
    'https://example.com/a.html',
    'joe@example.com',
    'win now!\nvisit shop.txt',
    ' ',
    'x'.repeat(300),
    `${'x'.repeat(300)}.txt`,
  ])('%s is a text', (text) => {
    expect(findFile(text)).toBe(false);
  });

  test('with --text everything is a text', async () => {
    expect(await readText(there, true)).toMatchObject([{ raw: there }]);
    expect(await readText('-', true)).toMatchObject([{ name: '-', raw: '-' }]);
    expect(await readText(there)).toMatchObject([{ name: there, raw: Buffer.from('I love AI') }]);
  });

  test('texts are shown on one line of the terminal', () => {
    expect(textInput.show(plainText('Dear\x1b[2J all,\nwin   now'), 12, makeStyle(false))).toEqual(['Dear all, w…']);
  });
});

describe('mail', () => {
  test.each([
    ['a mail', 'Subject: Hi\nFrom: a@b\n\nwin now', 'Hi win now'],
    ['with CRLF', 'From: a@b\r\nSubject: Hi\r\n\r\nwin\r\nnow', 'Hi win now'],
    ['with folded headers', 'Received: from x\n\tby y\nSubject: Hi\n there\n\nwin', 'Hi there win'],
    ['of a mailbox', 'From joe Mon Jan 1 2002\nSubject: Hi\n\nwin', 'Hi win'],
    ['with a byte order mark', '\ufeffSubject: Hi\n\nwin', 'Hi win'],
    ['in HTML', 'Subject: Hi\nContent-Type: text/html\n\n<p>win <b>now</b></p>', 'Hi win now'],
    ['in base64', 'Subject: Hi\nContent-Transfer-Encoding: base64\n\nd2luIG5vdw==', 'Hi win now'],
    ['a text without headers', 'win\n\n  now', 'win now'],
    ['a line that looks like a header', 'Subject: win now', 'Subject: win now'],
    ['a note with a colon', 'Note: this\n\nis no mail', 'Note: this is no mail'],
    ['HTML without headers', '<html><body>win <b>now</b></body></html>', 'win now'],
  ])('%s', (_, mail, text) => {
    expect(mailOf(bytesOf(mail))).toBe(text);
    if (!mail.startsWith('\ufeff')) expect(mailOf(mail)).toBe(text);
  });
});

describe('reading', () => {
  const most = { maxBytes: 1000 };

  test.each([
    ['a folder', folder, /is a folder/],
    ['a device', '/dev/zero', /is a device/],
    ['an empty file', file('empty', ''), /it is empty/],
    ['nothing', join(folder, 'none'), /no such file/],
    ['below a file', join(file('plain', 'x'), 'below'), /a part of the path is a file/],
    ['too much', file('large', 'x'.repeat(1001)), /larger than is read[\s\S]*--max-megabytes/],
    ['a long name', join(folder, 'x'.repeat(300)), /name is too long/],
  ])('%s is refused with its name', async (_, path, message) => {
    await expect(readBytes(path, most)).rejects.toThrow(message);
    await expect(readBytes(path, most)).rejects.toMatchObject({ kind: 'DataError', parts: { where: path } });
  });

  test('links that lead round in a circle', async () => {
    const path = join(folder, 'circle');
    symlinkSync(path, path);
    await expect(readBytes(path, most)).rejects.toThrow(/links lead round/);
  });

  test('a pipe is read as it comes, up to the limit', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { spawn } = await import('node:child_process');
    const writer = spawn('sh', ['-c', `sleep 0.2; (printf one; sleep 0.1; printf two) > '${pipe}'`]);
    expect(Buffer.from(await readBytes(pipe, most)).toString()).toBe('onetwo');
    writer.kill();
    const endless = spawn('sh', ['-c', `cat /dev/zero > '${pipe}'`]);
    await expect(readBytes(pipe, most)).rejects.toThrow(/larger than is read/);
    endless.kill();
  });

  test('standard input is read up to the limit, bytes as they are', async () => {
    const stream = async function* (...pieces: (Uint8Array | string)[]) {
      yield* pieces;
    };
    expect([...(await readBytes('-', most, stream(Uint8Array.of(255, 0), 'a')))]).toEqual([255, 0, 97]);
    const endless = (async function* () {
      for (;;) yield new Uint8Array(64);
    })();
    await expect(readBytes('-', most, endless)).rejects.toThrow(/standard input: it is larger/);
    await expect(readBytes('-', most, stream())).rejects.toThrow(/standard input: it is empty/);
  });

  test('a folder of that name is no text', () => {
    mkdirSync(join(folder, 'spam'));
    expect(findFile(join(folder, 'spam'))).toBe(true);
  });
});
