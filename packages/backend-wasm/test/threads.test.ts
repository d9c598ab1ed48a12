import { isEspalierError } from '@espalier/core';
import { fill, matMul, removeBackend, slice, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { physicalCores } from '../src/engine/cores.js';
import { readWasm } from '../src/engine/readWasm.js';
import { initialPages, shareMemory } from '../src/engine/shareMemory.js';
import { WasmEngine } from '../src/engine/WasmEngine.js';
import { wasm } from '../src/index.js';

/** The real workers that the engine starts, so that a test can end one. */
const workers: import('node:worker_threads').Worker[] = [];
const threads = process.getBuiltinModule('node:worker_threads');
const { Worker } = threads;

beforeAll(() => {
  threads.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      workers.push(this);
    }
  };
});
afterAll(() => {
  threads.Worker = Worker;
});

const parts = async () => ({
  tfjs: await readWasm('tfjs-backend-wasm-simd.wasm', undefined),
  own: await readWasm('espalier-simd.wasm', undefined),
  shared: true,
  guarded: false,
});

/** Copies `count` rows of four bytes with the pool, from numbers to zeros, and gives what arrived. */
function copy(engine: WasmEngine, count: number, grain: number): Uint32Array {
  const [from, to] = [engine.allocate(count * 4, 'from'), engine.allocate(count * 4, 'to')];
  const words = () => new Uint32Array(engine.heap.buffer);
  words().set(
    Uint32Array.from({ length: count }, (_, i) => i * 7 + 1),
    from / 4,
  );
  words().fill(0, to / 4, to / 4 + count);
  engine.split('copyRows', [from, 4, to, 4, 4], count, grain);
  const result = words().slice(to / 4, to / 4 + count);
  engine.blocks.give(from);
  engine.blocks.give(to);
  return result;
}

const numbers = (count: number) => Uint32Array.from({ length: count }, (_, i) => i * 7 + 1);

describe('the thread pool', () => {
  test.each([1, 2, 3, 4])('%s threads do every item exactly once, whatever the sizes', async (count) => {
    const engine = await WasmEngine.create({ ...(await parts()), threads: count });
    expect(engine.threads).toBe(count);
    for (const [items, grain] of [
      [0, 1],
      [1, 1],
      [7, 1],
      [1000, 1],
      [1000, 999],
      [12345, 64],
      [300_000, 16],
    ] as const) {
      const expected = Buffer.from(numbers(items).buffer);
      for (let turn = 0; turn < 20; turn++) {
        expect(Buffer.from(copy(engine, items, grain).buffer).equals(expected), `${items} items`).toBe(true);
      }
    }
    engine.dispose();
  });

  test('a thread that dies is reported by the next kernel, which does not hang', async () => {
    workers.length = 0;
    const engine = await WasmEngine.create({ ...(await parts()), threads: 2 });
    expect(copy(engine, 1000, 1)).toEqual(numbers(1000));
    await workers[0]!.terminate();
    let thrown: unknown;
    try {
      copy(engine, 1000, 1);
    } catch (error) {
      thrown = error;
    }
    expect(isEspalierError(thrown, 'BackendError')).toBe(true);
    expect(String(thrown)).toContain('lost a thread');
    expect(String(thrown)).toContain('checkpoint');
  });

  test('a range that fails is reported, whichever thread had it, and the next kernel works', async () => {
    const engine = await WasmEngine.create({ ...(await parts()), threads: 2 });
    const outside = 2 ** 32 - 2 ** 20;
    expect(() => engine.split('copyRows', [outside, 4, outside, 4, 4], 100_000, 1)).toThrow(/a range failed/);
    expect(copy(engine, 1000, 1)).toEqual(numbers(1000));
    engine.dispose();
  });
});

test('a module whose memory is made shared imports it, and has none of its own', async () => {
  const { tfjs, own } = await parts();
  const pages = { initial: initialPages(tfjs), maximum: 65535 };
  for (const module of [tfjs, own]) {
    const changed = new WebAssembly.Module(shareMemory(module, pages));
    const before = new WebAssembly.Module(module);
    const named = (list: { name: string }[]) => list.map(({ name }) => name).filter((name) => name !== 'memory');
    expect(named(WebAssembly.Module.imports(changed))).toEqual(named(WebAssembly.Module.imports(before)));
    expect(WebAssembly.Module.imports(changed).some(({ kind }) => kind === 'memory')).toBe(true);
    expect(WebAssembly.Module.exports(changed)).toEqual(WebAssembly.Module.exports(before));
  }
});

describe('what activate answers', () => {
  test('the threads that run; asked for more later, it says why not', async () => {
    expect((await wasm({ threads: 2 }).activate()).threads).toBe(2);
    const info = await wasm({ threads: 3 }).activate();
    expect(info.threads).toBe(2);
    expect(info.note).toContain('started with threads: 2');
    const x: Tensor = tensor(
      Float32Array.from({ length: 300_000 }, (_, i) => i),
      [3000, 100],
    );
    const part = tidy(() => slice(x, [5, 50], [2000, 25]).dataSync());
    expect(part[0]).toBe(550);
    expect(part.at(-1)).toBe(2004 * 100 + 74);
  });

  test('asked for fewer than run, it says why not', async () => {
    const info = await wasm({ threads: 1 }).activate();
    expect(info.threads).toBe(2);
    expect(info.note).toContain("which holds until removeBackend('wasm')");
  });

  test('after a thread is lost it goes on with one, tensors as they were', async () => {
    const x = fill([500, 500], 2);
    await workers.at(-1)!.terminate();
    expect(() => matMul(x, x)).toThrow(/lost a thread/);
    const info = await wasm({ threads: 2 }).activate();
    expect(info.threads).toBe(1);
    expect(info.note).toContain('another was lost');
    expect(new Set(matMul(x, x).dataSync())).toEqual(new Set([2000]));
  });

  test('where no thread can be started and none was asked for, one computes', async () => {
    removeBackend('wasm');
    const before = threads.Worker;
    threads.Worker = class {
      constructor() {
        throw new Error('not allowed');
      }
    } as unknown as typeof before;
    try {
      await expect(wasm({ threads: 2 }).activate()).rejects.toThrow(/thread 2 of 2 did not start/);
      const info = await wasm().activate();
      expect(info.threads).toBe(1);
      if (physicalCores() > 1) expect(info.note).toContain('no other can be started');
      expect(sum(fill([2], 1)).dataSync()[0]).toBe(2);
    } finally {
      threads.Worker = before;
    }
  });
});
