import { gzipSync } from 'node:zlib';
import { parseIdx } from '@espalier/datasets';
import { fuzz } from '@espalier/testing';
import { describe, it } from 'vitest';
import { unpack } from '../src/io/unpack.js';

const files = [[5], [3, 4, 4], [2, 0, 7], [1, 1, 1, 1]].map((shape) => {
  const size = shape.reduce((product, side) => product * side, 1);
  return Uint8Array.from([
    0,
    0,
    8,
    shape.length,
    ...shape.flatMap((side) => [0, 0, 0, side]),
    ...new Array(size).fill(7),
  ]);
});

describe('readers of MNIST keep their limits on mutants of', () => {
  it('idx files', async () => {
    await fuzz({ name: 'idx', corpus: files, run: (bytes) => void parseIdx(bytes, 'x'), maxMilliseconds: 200 });
  });

  it('gzip files', async () => {
    const text = Uint8Array.from({ length: 4000 }, (_, i) => (i * i) % 251);
    const corpus = [...files, text, new Uint8Array(4000)].map((file) => new Uint8Array(gzipSync(file)));
    // What is wrong with a source is told by `firstSource`, as one line of a DataError.
    const expects = (error: unknown) => error instanceof Error;
    const run = (bytes: Uint8Array) => unpack(bytes, 5000, 'gzip');
    await fuzz({ name: 'gzip', corpus, run, expects, maxMilliseconds: 500, maxBytes: 2 ** 26 });
  });
});
