import { cpu } from '@espalier/backend-cpu';
import { activateBackend, isEspalierError, Sequential } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import {
  add,
  avgPool,
  cast,
  complex,
  conv2d,
  engine,
  fill,
  matMul,
  memory,
  ones,
  removeBackend,
  reshape,
  setBackend,
  sigmoid,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tensor1d,
  tensor2d,
  tile,
  topk,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MARGIN, MOST_BYTES } from '../src/engine/Heap.js';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { wasm } from '../src/index.js';
import { expectClose, guarded, numbers } from './both.js';

/** ESPALIER_LONG=1 fills the heap over and over. */
const ROUNDS = process.env.ESPALIER_LONG === '1' ? 40 : 1;
const MIB = 2 ** 20;
const current = () => engine().backend as unknown as WasmEngine;

/** Numbers from 0 to 1 that depend on the seed alone. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The error that a call must throw for want of memory. */
function refused(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (!isEspalierError(error, 'BackendError')) throw error;
    expect(error.message).toMatch(
      /no memory for .*\n.*expected: \d+ free bytes in one piece\n.*tensors alive, \d+ bytes; the largest: /,
    );
    return error;
  }
  throw new Error('expected an error for want of memory');
}

/** A number that changes with any of the values. */
function digest(values: Float32Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let sum = 0;
  for (const word of words) sum = (Math.imul(sum ^ word, 0x01000193) + 1) >>> 0;
  return sum;
}

/** Reserved memory with a mark at either end: its pages are not touched, so that it takes none of the machine's. */
class Filler {
  readonly offset: number;
  constructor(
    readonly bytes: number,
    readonly mark: number,
  ) {
    this.offset = current().allocate(bytes, 'a filler');
    expect(this.offset + bytes).toBeLessThanOrEqual(current().heap.length - MARGIN);
    for (const end of this.#ends()) end.fill(mark);
  }
  #ends(): Uint8Array[] {
    const { heap } = current();
    const most = Math.min(64, this.bytes);
    return [
      heap.subarray(this.offset, this.offset + most),
      heap.subarray(this.offset + this.bytes - most, this.offset + this.bytes),
    ];
  }
  verify(): void {
    for (const end of this.#ends())
      if (end.some((byte) => byte !== this.mark)) throw new Error(`a filler of ${this.bytes} changed`);
  }
  give(): void {
    this.verify();
    current().blocks.give(this.offset);
  }
}

/** Fills the heap, from large pieces to small ones, until less than `leave` bytes are left in one piece. */
function fillUp(next: () => number, leave: number): Filler[] {
  const fillers: Filler[] = [];
  let most = 2 ** 30;
  while (most > leave) {
    try {
      fillers.push(new Filler(Math.ceil(most * (0.5 + next() / 2)), fillers.length & 255));
    } catch (error) {
      if (!isEspalierError(error, 'BackendError')) throw error;
      most /= 2;
    }
  }
  return fillers;
}

describe.each([1, 2])('with %s threads', (threads) => {
  beforeEach(async () => {
    await activateBackend(wasm({ threads, guarded }));
  });
  afterEach(() => {
    current().blocks.verify();
    removeBackend('wasm');
  });

  test.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))('a full heap changes no tensor (seed %s)', (seed) => {
    const next = random(seed);
    const live: [Tensor, number][] = [];
    const keep = (t: Tensor, values: Float32Array) => live.push([t, digest(values)]);
    const make = (bytes: number) => {
      const values = numbers(Math.ceil(bytes / 4), Math.floor(next() * 2 ** 31));
      keep(tensor1d(values), values);
    };
    // The weights of a model, at the lowest addresses: a sum of addresses that wraps around ends there.
    for (let i = 0; i < 24; i++) make(2 ** (2 + 20 * next()));
    const before = current().numDataIds();
    let fillers = fillUp(next, 40 * MIB);
    const wrong: string[] = [];
    let [made, failed] = [0, 0];
    for (const mib of [30, 30, 30, 90, 7, 3, 1, ...Array.from({ length: 60 }, () => 2 ** (5 * next()))]) {
      const count = Math.round(mib * 2 ** 18);
      let input: Tensor | undefined;
      try {
        input = fill([count], mib);
        const out = sigmoid(input);
        const first = out.dataSync();
        const one = first[0]!;
        if (Math.abs(one - 1 / (1 + Math.exp(-mib))) > 1e-6 || first.some((value) => value !== one))
          wrong.push(`${mib} MiB`);
        if (next() < 0.3) keep(out, first as Float32Array);
        else out.dispose();
        made++;
      } catch (error) {
        if (!isEspalierError(error, 'BackendError')) throw error;
        expect(error.message).toMatch(/^(Fill|Sigmoid): no memory for a float32 tensor/);
        failed++;
      } finally {
        input?.dispose();
      }
      make(64 * next());
      // Holes of all sizes.
      if (next() < 0.2) for (const filler of fillers.splice(Math.floor(next() * fillers.length), 1)) filler.give();
      if (next() < 0.3) fillers = [...fillers, ...fillUp(next, 16 * MIB)];
    }
    expect(wrong).toEqual([]);
    expect(failed).toBeGreaterThan(3);
    expect(made).toBeGreaterThan(3);
    for (const filler of fillers) filler.give();
    for (const [t, expected] of live) if (digest(t.dataSync() as Float32Array) !== expected) wrong.push(`[${t.shape}]`);
    expect(wrong).toEqual([]);
    for (const [t] of live) t.dispose();
    expect(current().numDataIds()).toBe(before - 24);
    // Nothing is left behind: nearly all of it is there again, in one piece.
    const all = new Filler(MOST_BYTES - 64 * MIB, 1);
    all.give();
    expectClose(matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]])).dataSync(), [11]);
  });

  /** Leaves so many bytes in one piece. */
  function leave(bytes: number): Filler[] {
    const room = reserved(bytes);
    const fillers = fillUp(random(3), 64);
    current().blocks.give(room);
    current().blocks.release();
    return fillers;
  }
  const reserved = (bytes: number) => current().allocate(bytes, 'room');

  // What is made before the heap is full, and what then finds no room: in our kernels, in scratch memory, in what tfjs's
  // kernels allocate themselves, and where values are written.
  const cases: [string, RegExp, () => Tensor[], (made: Tensor[]) => unknown][] = [
    ['a kernel', /^Sigmoid: /, () => [zeros([MIB])], ([x]) => sigmoid(x!)],
    ['a result with many copies', /^Tile: /, () => [zeros([1000])], ([x]) => tile(x!, [3000])],
    ['a cast', /^Cast: /, () => [zeros([MIB])], ([x]) => cast(x!, 'int32')],
    [
      'values',
      /^wasm: no memory for a float32 tensor of shape \[1048576\]/,
      () => [],
      () => tensor1d(new Float32Array(MIB)),
    ],
    ['integers', /^wasm: no memory for a int32 tensor/, () => [], () => tensor1d(new Int32Array(MIB), 'int32')],
    ['a variable', /^wasm: /, () => [], () => variable(tensor1d(new Float32Array(MIB)))],
    [
      'complex values',
      /^wasm: /,
      () => [],
      () => engine().makeTensor(new Float32Array(400_000), [200_000], 'complex64'),
    ],
    [
      'complex numbers',
      /^(Complex|Multiply|Add|AddV2): /,
      () => [complex(zeros([200_000]), zeros([200_000]))],
      ([x]) => add(x!, x!),
    ],
    [
      'scratch memory',
      /no memory for scratch memory/,
      () => [zeros([1, 8, 8, 512]), zeros([3, 3, 512, 512])],
      ([x, f]) => conv2d(x as Tensor4D, f as Tensor4D, 1, 'same'),
    ],
    [
      'what a compiled kernel allocates',
      /the inside of a compiled kernel/,
      () => [reshape(zeros([2_000_000]), [1, 2_000_000])],
      ([x]) => topk(x!, 1),
    ],
  ];

  test.each(cases)('%s that finds no room says so, and leaves nothing behind', (_, text, make, run) => {
    const kept = make();
    // Kernels that are called for the first time prepare.
    run(kept);
    for (const t of kept) t.dispose();
    const weights = tensor1d(numbers(1000, 9));
    const made = make();
    const fillers = leave(MIB);
    const before = { ...memory(), held: current().numDataIds() };
    // The first time tfjs's kernels hear of their operands, which they remember.
    expect(refused(() => run(made)).message).toMatch(text);
    current().blocks.release();
    const room = current().wasm.store.heap.room();
    for (let turn = 0; turn < 50; turn++) expect(refused(() => run(made)).message).toMatch(text);
    expect({ ...memory(), held: current().numDataIds() }).toEqual(before);
    current().blocks.release();
    expect(current().wasm.store.heap.room().largest).toBeGreaterThanOrEqual(room.largest);
    // Smaller kernels run on, on every thread.
    expectClose(sigmoid(fill([60_000], 0.25)).dataSync(), new Float32Array(60_000).fill(1 / (1 + Math.exp(-0.25))));
    expect([...weights.dataSync()]).toEqual([...numbers(1000, 9)]);
    for (const filler of fillers) filler.give();
    // With room it is done, as if nothing had been.
    for (const t of [run(made)].flat() as Tensor[]) expect(t).toBeDefined();
  });

  test('a tensor of another backend that finds no room stays there', async () => {
    await cpu().activate();
    const values = numbers(MIB, 4);
    const x = tensor1d(values);
    await setBackend('wasm');
    const fillers = leave(MIB);
    for (let turn = 0; turn < 3; turn++)
      expect(refused(() => sigmoid(x)).message).toContain('float32 tensor of shape [1048576]');
    expect(digest(x.dataSync() as Float32Array)).toBe(digest(values));
    for (const filler of fillers) filler.give();
    const last = 1 / (1 + Math.exp(-values[MIB - 1]!));
    expect(sigmoid(x).dataSync()[MIB - 1]).toBeCloseTo(last, 5);
  });

  test('training that finds no room names the parameters that take the memory, and can be done once there is', async () => {
    const model = new Sequential([new Dense({ units: 600, inputShape: [500] }), new Dense({ units: 1 })], { seed: 1 });
    model.compile({ optimizer: new SGD(), loss: 'mse' });
    model.initialize();
    const fillers = leave(MIB);
    const train = () => model.fit(ones([8, 500]), ones([8, 1]), { epochs: 1, batchSize: 8 });
    const error = await train().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(isEspalierError(error, 'BackendError'), String(error)).toBe(true);
    expect(String(error)).toMatch(/the largest: dense\/kernel float32 \[500,600\] \(1200000 bytes\)/);
    for (const filler of fillers) filler.give();
    const { history } = await train();
    expect(Number.isFinite(history.loss?.[0])).toBe(true);
  });

  test('more elements than kernels can count are refused, whatever their bytes', () => {
    const x = cast(ones([2 ** 16]), 'bool');
    expect(() => tile(x, [2 ** 15])).toThrow(/Tile: a tensor has more elements than the WASM engine counts/);
    expect(() => tile(x, [2 ** 30])).toThrow(/Tile: a tensor has more elements than the WASM engine counts/);
  });

  test('an array that JavaScript has no memory for is an error of ours', () => {
    const x = tensor1d([1, 2]);
    const { slice } = Uint8Array.prototype;
    Uint8Array.prototype.slice = () => {
      throw new RangeError('Array buffer allocation failed');
    };
    try {
      expect(() => x.dataSync()).toThrow(/reading a float32 tensor of shape \[2\]: JavaScript has no memory/);
    } finally {
      Uint8Array.prototype.slice = slice;
    }
  });

  /** Makes a tensor whose last byte is the last that is ever handed out. */
  function atTheEnd(values: Float32Array, shape: number[]): Tensor {
    const { heap } = current().wasm.store;
    const hole = reserved(64 * MIB);
    const before = current().allocate(heap.room().largest - values.byteLength, 'all before the end');
    const x = tensor(values, shape);
    expect(current().offset(x) + values.byteLength).toBe(MOST_BYTES - MARGIN);
    current().blocks.give(hole);
    current().blocks.release();
    expect(before).toBeGreaterThan(0);
    return x;
  }
  const LONG = 2 ** 17;

  test.each([1, 3, 40])('a product reads long rows at the end of the heap: %s rows', (rows) => {
    const [left, right] = [numbers(rows * 4, 1), numbers(4 * LONG, 2)];
    const product = matMul(tensor(left, [rows, 4]), atTheEnd(right, [4, LONG]) as Tensor2D).dataSync();
    for (const [row, column] of [0, 1, LONG / 2 + 3, LONG - 9, LONG - 1].map((j, i) => [i % rows, j] as const)) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += left[row * 4 + k]! * right[k * LONG + column]!;
      expect(product[row * LONG + column], `${row}, ${column}`).toBeCloseTo(sum, 5);
    }
  });

  test.each([2, 6])('means of windows of many channels at the end of the heap: windows of %s', (size) => {
    const channels = (4 * LONG) / (size * size <= 4 ? 4 : 64);
    const side = size <= 2 ? 2 : 8;
    const values = numbers(side * side * channels, 3);
    const means = avgPool(atTheEnd(values, [1, side, side, channels]) as Tensor4D, size, size, 'valid').dataSync();
    for (const channel of [0, 17, channels - 1]) {
      let sum = 0;
      for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) sum += values[(y * side + x) * channels + channel]!;
      expect(means[channel], `channel ${channel}`).toBeCloseTo(sum / (size * size), 5);
    }
  });
});
