import { expect, test } from 'vitest';
import { ALIGNMENT, Heap, MARGIN, MOST_BYTES, MOST_PAGES } from '../src/engine/Heap.js';

/** Addresses alone: pages that nobody touches take no memory. */
const memory = () => new WebAssembly.Memory({ initial: 256, maximum: MOST_PAGES });

/** Numbers from 0 to 1 that depend on the seed alone. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Pieces in use, and what must hold for each new one. */
class Pieces {
  readonly live: [start: number, bytes: number][] = [];

  constructor(readonly heap: Heap) {}

  take(bytes: number): boolean {
    const start = this.heap.take(bytes);
    if (start === 0) return false;
    expect(start % ALIGNMENT).toBe(0);
    expect(start + bytes).toBeLessThanOrEqual(this.heap.bytes.length - MARGIN);
    this.live.push([start, bytes]);
    return true;
  }

  give(index: number): void {
    const [[start, bytes]] = this.live.splice(index, 1) as [[number, number]];
    this.heap.give(start, bytes);
  }

  /** No two pieces share a byte, and no byte is lost. */
  verify(first: number): void {
    const sorted = this.live.toSorted(([a], [b]) => a - b);
    let [end, used] = [first, 0];
    for (const [start, bytes] of sorted) {
      expect(start).toBeGreaterThanOrEqual(end);
      end = start + bytes;
      used += bytes;
    }
    expect(used + this.heap.room().total).toBe(MOST_BYTES - MARGIN - first);
  }
}

test('pieces of any sizes never overlap or end beyond the heap, and come back whole', () => {
  const first = 92032;
  const pieces = new Pieces(new Heap(memory(), first));
  const next = random(7);
  let refused = 0;
  for (let round = 0; round < 20_000; round++) {
    // From a line to a gigabyte, each power of two as often as another.
    const bytes = Math.ceil(2 ** (6 + 24 * next()) / ALIGNMENT) * ALIGNMENT;
    if (next() < 0.45 && pieces.live.length > 0) pieces.give(Math.floor(next() * pieces.live.length));
    else if (!pieces.take(bytes)) refused++;
    if (round % 500 === 0) pieces.verify(first);
  }
  expect(refused).toBeGreaterThan(100);
  pieces.verify(first);
  while (pieces.live.length > 0) pieces.give(0);
  expect(pieces.heap.room().largest).toBe(MOST_BYTES - MARGIN - first);
});

const MIB = 2 ** 20;

test.each([
  ['gigabytes', [1000, 1000, 1000, 1000, 1000, 90, 7, 3, 1]],
  ['up and down', [30, 60, 120, 240, 480, 960, 960, 960, 960, 480, 240, 120, 60, 30, 15, 7, 3, 1]],
  ['halves', [2047, 2047, 2047, 1, 1, 1]],
  ['nearly all', [4095, 4094, 4093, 4000, 90, 4, 1]],
  ['many alike', Array.from({ length: 140 }, () => 30)],
])('the sizes at which an allocator inside the memory wrapped around: %s', (_, sizes) => {
  const pieces = new Pieces(new Heap(memory(), 92032));
  for (const size of sizes) pieces.take(size * MIB);
  pieces.verify(92032);
});

test('a host that does not let memory grow is asked for no more', () => {
  const small = new WebAssembly.Memory({ initial: 256, maximum: 512 });
  const pieces = new Pieces(new Heap(small, 92032));
  expect(pieces.take(8 * MIB)).toBe(true);
  expect(pieces.take(40 * MIB)).toBe(false);
  expect(pieces.take(20 * MIB)).toBe(true);
  expect(pieces.take(8 * MIB)).toBe(false);
  expect(small.buffer.byteLength).toBeLessThanOrEqual(512 * 65536);
});
