import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type MnistOptions, mnist } from '@espalier/datasets';
import { afterEach, describe, expect, it } from 'vitest';
import { writeAtomic } from '../src/io/cache.js';
import { fetchBytes } from '../src/io/fetchBytes.js';
import { nodeBuiltins } from '../src/io/nodeBuiltins.js';
import { unpack } from '../src/io/unpack.js';
import { refusal } from './refusal.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(answer: (response: ServerResponse, path: string) => void): Promise<string> {
  server = createServer((request, response) => answer(response, request.url ?? ''));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.gz`;
}

const data = Uint8Array.from({ length: 3000 }, (_, i) => (i * i) & 255);
/** Fifty megabytes in fifty kilobytes, of members that a reader must count together. */
const BOMB = Buffer.concat(new Array<Buffer>(5).fill(gzipSync(Buffer.alloc(1e7))));
const limits = { most: 3000, timeout: 5000 };

describe('fetchBytes takes', () => {
  it.each([
    ['a file as it is', data],
    ['a gzip file', gzipSync(data)],
    ['a gzip file of two members', Buffer.concat([gzipSync(data.subarray(0, 100)), gzipSync(data.subarray(100))])],
    ['bytes that gzip makes longer', gzipSync(data, { level: 0 })],
  ])('%s', async (_, body) => {
    const url = await serve((response) => response.end(body));
    expect(await fetchBytes(url, limits)).toEqual(data);
  });

  it('a file behind a few redirections', async () => {
    const url = await serve((response, path) => {
      const times = Number(path.split('?')[1] ?? 0);
      if (times < 5) response.writeHead(302, { location: `/file.gz?${times + 1}` }).end();
      else response.end(data);
    });
    expect(await fetchBytes(url, limits)).toEqual(data);
  });
});

describe('fetchBytes gives up on', () => {
  it.each<[string, (response: ServerResponse, path: string) => void, RegExp]>([
    ['a server that never ends', (response) => void drip(response, Buffer.alloc(65536), 0), /sends more than the 3000/],
    [
      'a length that is too great',
      (response) => response.writeHead(200, { 'content-length': '999999' }).flushHeaders(),
      /999999 bytes/,
    ],
    [
      'a body that is shorter than announced',
      (response) => {
        response.writeHead(200, { 'content-length': '3000' });
        response.write(data.subarray(0, 10), () => response.destroy());
      },
      /terminated|closed|reset/,
    ],
    [
      'a part',
      (response) => response.writeHead(206, { 'content-range': 'bytes 0-9/3000' }).end('0123456789'),
      /HTTP 206/,
    ],
    ['a page of another status', (response) => response.writeHead(503).end('later'), /HTTP 503/],
    ['redirections in a loop', (response) => response.writeHead(302, { location: '/file.gz' }).end(), /fetch failed/],
    ['a server that never answers', () => {}, /not finished within 300 ms/],
    ['a body that stalls', (response) => response.write('12345'), /not finished within 300 ms/],
    ['a body that drips', (response) => void drip(response, Buffer.alloc(1), 20), /not finished within 300 ms/],
    ['a small file that unpacks to a large one', (response) => response.end(BOMB), /unpacks to more than/],
    ['a gzip file cut short', (response) => response.end(gzipSync(data).subarray(0, -9)), /./],
    ['a gzip file with another sum', (response) => response.end(flipped(gzipSync(data), -6)), /./],
  ])('%s', async (_, answer, message) => {
    const url = await serve(answer);
    const before = process.memoryUsage().arrayBuffers;
    await expect(
      fetchBytes(url, { most: 3000, timeout: String(message).includes('300 ms') ? 300 : 20_000 }),
    ).rejects.toThrow(message);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  });

  it('what is not wanted any more', async () => {
    const url = await serve((response) => response.write('1'));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(fetchBytes(url, { ...limits, signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('unpack', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate-raw', deflateRawSync],
  ] as const)('of %s stops where it may', async (format, pack) => {
    expect(await unpack(pack(data), 3000, format)).toEqual(data);
    await expect(unpack(pack(data), 2999, format)).rejects.toThrow(/unpacks to more than 2999 bytes/);
    const before = process.cpuUsage();
    await expect(unpack(pack(Buffer.alloc(1e8)), 1e6, format)).rejects.toThrow(/more than 1000000 bytes/);
    await expect(unpack(pack(data).subarray(0, -1), 3000, format)).rejects.toThrow();
    await expect(unpack(brotliCompressSync(data), 3000, format)).rejects.toThrow();
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  });
});

describe('writeAtomic', () => {
  it('lets many write the same file at once, and leaves nothing else behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'espalier-atomic-'));
    try {
      const file = join(folder, 'deep', 'file');
      const versions = Array.from({ length: 20 }, (_, i) => new Uint8Array(50_000).fill(i));
      await Promise.all(versions.map((bytes) => writeAtomic(nodeBuiltins()!, file, bytes)));
      expect(readdirSync(join(folder, 'deep'))).toEqual(['file']);
      const kept = new Uint8Array(readFileSync(file));
      expect(versions.some((bytes) => Buffer.compare(bytes, kept) === 0)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('mnist refuses', () => {
  it.each<[unknown, RegExp]>([
    [{ cache_dir: 'x' }, /'cache_dir' is 'cacheDir' here/],
    [{ labels: 'onehot' }, /'categorical' or 'sparse'/],
    [{ labels: 1 }, /mnist, labels/],
    [{ download: 'no' }, /true or false/],
    [{ timeout: -1 }, /milliseconds above 0/],
    [{ baseUrl: [1] }, /an address, or a list of addresses/],
    ['sparse', /by name/],
  ])('%j', async (options, message) => {
    expect(await refusal(mnist(options as MnistOptions), 'ValueError')).toMatch(message);
  });
});

async function drip(response: ServerResponse, bytes: Uint8Array, milliseconds: number): Promise<void> {
  while (!response.destroyed) {
    if (!response.write(bytes)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[bytes.length + at]! ^= 1;
  return copy;
}
