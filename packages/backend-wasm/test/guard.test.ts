import { isEspalierError } from '@espalier/core';
import { expect, test } from 'vitest';
import { readWasm } from '../src/engine/readWasm.js';
import { WasmEngine } from '../src/engine/WasmEngine.js';

const start = async (guarded: boolean) =>
  WasmEngine.create({
    tfjs: await readWasm('tfjs-backend-wasm-simd.wasm', undefined),
    own: await readWasm('espalier-simd.wasm', undefined),
    threads: 1,
    shared: false,
    guarded,
  });

test.each([
  ['before', -1],
  ['behind', 12],
])('a kernel that writes %s a block is found out when the block is given back, and by verify', async (side, at) => {
  const engine = await start(true);
  const from = engine.allocate(12, 'a source');
  const to = engine.allocate(12, 'a target');
  engine.blocks.verify();
  engine.simd.copyRows(from, 0, to + at, 0, 1, 0, 1, 0);
  expect(() => engine.blocks.verify()).toThrow(new RegExp(`bytes ${side} a block`));
  expect(() => engine.blocks.give(to)).toThrow(/a target, 12 bytes/);
  engine.blocks.give(from);
});

test.each([-4, -8, 12, 16])(
  'adding a number %d bytes from a block is found out, whatever the canary there',
  async (at) => {
    const engine = await start(true);
    const to = engine.allocate(12, 'a target');
    new Float32Array(engine.heap.buffer)[(to + at) / 4]! += 1;
    expect(() => engine.blocks.verify()).toThrow(/a target, 12 bytes/);
  },
);

test('scratch memory ends where the kernel said, though more was taken before', async () => {
  const engine = await start(true);
  engine.scratch(1000);
  const at = engine.scratch(100);
  engine.heap[at + 100] = 1;
  expect(() => engine.scratch(100)).toThrow(/wrote 1 bytes behind a block/);
});

test('what is given back is handed out again, and comes back to the allocator when memory is short', async () => {
  const engine = await start(false);
  const sizes = [1, 64, 65, 1000, 4096, 100_000];
  const first = sizes.map((size) => engine.allocate(size, 'a block'));
  expect(first.every((offset) => offset % 64 === 0)).toBe(true);
  for (const offset of first) engine.blocks.give(offset);
  const asked = engine.blocks.allocations;
  const second = sizes.map((size) => engine.allocate(size, 'a block'));
  expect(engine.blocks.allocations).toBe(asked);
  expect(new Set(second)).toEqual(new Set(first));
});

test.each([4.02e9, 4.1e9, 4.25e9, 2 ** 32 - 65_536 - 64, 2 ** 32 - 1, 2 ** 32 + 64, 1e12])(
  '%d bytes are reserved in full or refused',
  async (bytes) => {
    const engine = await start(false);
    let block = 0;
    try {
      block = engine.allocate(bytes, 'a very large block');
    } catch (error) {
      expect(isEspalierError(error, 'BackendError')).toBe(true);
      expect(String(error)).toContain('no memory for a very large block');
    }
    const next = engine.allocate(64, 'a small block');
    expect(next + 64 <= block || next >= block + bytes || block === 0).toBe(true);
    expect(block + bytes <= engine.heap.length || block === 0).toBe(true);
  },
);

test('memory that is kept does not stand in the way of a large block', async () => {
  const engine = await start(false);
  const gigabyte = 2 ** 30;
  const small = Array.from({ length: 15 }, () => engine.allocate(gigabyte / 16, 'a block'));
  for (const offset of small) engine.blocks.give(offset);
  const asked = engine.blocks.allocations;
  // Three and a quarter gigabytes of four, one of which is kept.
  for (let i = 0; i < 13; i++) engine.allocate(gigabyte / 4, 'a quarter');
  expect(engine.blocks.allocations).toBe(asked + 13);
});
