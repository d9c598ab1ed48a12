import { spawnSync } from 'node:child_process';
import { DataError, Rng } from '@espalier/core';
import { fuzz, mutate } from '@espalier/testing';
import { describe, expect, it } from 'vitest';

const corpus = ['{"size": 12, "name": "abc"}', Uint8Array.from({ length: 64 }, (_, i) => i)];
const refuse = () => {
  throw new DataError({ where: 'file', problem: 'damaged' });
};
const limits = { corpus, mutants: 60, seed: 3 };

/** Reads what begins like one of the corpus; `otherwise` is what it does with the rest. */
const reader = (otherwise: () => unknown) => (bytes: Uint8Array) =>
  bytes[0] === 0x7b || (bytes[0] === 0 && bytes[1] === 1) ? undefined : otherwise();

describe('fuzz', () => {
  it('is content with errors of Espalier, thrown or rejected', async () => {
    const { read, refused } = await fuzz({ name: 'right', ...limits, run: reader(refuse) });
    expect(read + refused).toBe(60);
    expect(read).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(1);
    const rejecting = await fuzz({ name: 'right', ...limits, run: async (bytes) => reader(refuse)(bytes) });
    expect(rejecting.refused).toBe(refused);
  });

  it.each([
    ['another error', () => [''].at(1)!.length, /threw TypeError/],
    ['much time', () => spin(80), /took \d+ ms of 40/],
    ['much memory', () => new Uint8Array(2 ** 29).fill(1), /took \d+ MiB of 64/],
  ])('finds %s', async (_, fault, message) => {
    const run = fuzz({ name: 'planted', ...limits, run: reader(fault), maxMilliseconds: 40, maxBytes: 2 ** 26 });
    await expect(run).rejects.toThrow(message);
  });

  it('refuses a corpus that the reader refuses', async () => {
    await expect(fuzz({ name: 'corpus', ...limits, run: refuse })).rejects.toThrow(/file 0 of the corpus/);
  });

  it('ends a process that hangs, and says at which mutant', () => {
    const script = `
      import { fuzz } from './internal/testing/src/fuzz/fuzz.ts';
      let runs = 0;
      await fuzz({ name: 'hangs', corpus: ['a'], maxMilliseconds: 20, run: () => { for (; runs === 4; ); runs++; } });
    `;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
    expect(stderr).toMatch(/fuzz hangs: mutant 3 has not returned/);
    expect(signal).toBe('SIGKILL');
  });
});

describe('mutate', () => {
  const files = corpus.map((file) => (typeof file === 'string' ? new TextEncoder().encode(file) : file));

  it('makes the same of the same seed, and something else of each number', () => {
    const make = (seed: number) => Array.from({ length: 200 }, (_, i) => mutate(files, new Rng(seed).fork(i)).join());
    expect(make(1)).toEqual(make(1));
    expect(new Set(make(1)).size).toBeGreaterThan(150);
    expect(make(2)).not.toEqual(make(1));
  });

  it('leaves the corpus as it is, and takes files without a byte', () => {
    const before = files.map((file) => file.join());
    const rng = new Rng(1);
    for (let i = 0; i < 500; i++) mutate([...files, new Uint8Array(0)], rng.fork(i));
    expect(files.map((file) => file.join())).toEqual(before);
  });
});

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
