import { BackendError } from '@espalier/core';
import type { SimdKernels } from './SimdKernels.js';
import { CONTROL_BYTES, threadSource, Word } from './threadSource.js';

/** What both kinds of workers can do. */
interface Thread {
  readonly stop: () => Promise<unknown>;
}

interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly spins: number;
  readonly size: number;
}

/** How long a thread may take for one range before it is taken for dead, and how often as long as this one took. */
const PATIENCE_MS = 20_000;
const PATIENCE_TIMES = 20;
/** How long to sleep at a time. More than that between two looks is time in which the whole process was stopped. */
const LOOK_MS = 50;
const SPINS = 100_000;
const RANGES_A_THREAD = 4;
/** A page's main thread may not sleep. */
const MAY_SLEEP = typeof document === 'undefined';

/**
 * Threads that share the heap and divide compiled kernels among them. The thread that calls takes part; where the
 * others are not done yet it looks a few times and then sleeps, but for a page's main thread, which may not.
 */
export class ThreadPool {
  /** How many compute, the caller among them. */
  readonly size: number;
  /** How often a thread looks before it sleeps: a fraction of a millisecond, where every thread has a core to itself. */
  readonly #spins: number;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #threads: readonly Thread[];
  readonly #kernels: ReadonlyMap<string, number>;
  readonly #simd: Readonly<Record<string, (...args: number[]) => void>>;
  #failure: string | undefined;

  private constructor(simd: SimdKernels, { memory, control, spins }: Start, threads: readonly Thread[]) {
    this.size = threads.length + 1;
    this.#spins = spins;
    this.#threads = threads;
    this.#words = new Int32Array(memory.buffer, control, CONTROL_BYTES / 4);
    this.#floats = new Float64Array(memory.buffer, control, CONTROL_BYTES / 8);
    this.#simd = simd as unknown as Readonly<Record<string, (...args: number[]) => void>>;
    this.#kernels = new Map(
      Object.keys(simd)
        .sort()
        .map((name, i) => [name, i]),
    );
  }

  /**
   * Starts `size - 1` threads on a shared memory, `control` being the address of {@link CONTROL_BYTES} bytes in it.
   * @throws BackendError where a thread does not start.
   */
  static async create(simd: SimdKernels, shared: Omit<Start, 'spins' | 'size'>, size: number): Promise<ThreadPool> {
    const start = { ...shared, size, spins: size > availableCores() ? 0 : SPINS };
    const holder: { pool?: ThreadPool } = {};
    const failed = (reason: string) => holder.pool?.fail(reason);
    const starting = Array.from({ length: size - 1 }, (_, i) => startThread({ ...start, index: i + 1 }, failed));
    const settled = await Promise.allSettled(starting);
    const threads = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = settled.find((one) => one.status === 'rejected');
    if (refused !== undefined) {
      for (const thread of threads) void thread.stop();
      throw new BackendError({
        where: 'wasm({ threads })',
        problem: `thread ${threads.length + 2} of ${size} did not start`,
        got: String(refused.reason),
        mend: 'ask for fewer threads, or for one: wasm({ threads: 1 })',
      });
    }
    holder.pool = new ThreadPool(simd, start, threads);
    return holder.pool;
  }

  /** Into how many ranges so many items are divided, of at least `grain` items each. */
  ranges(count: number, grain: number): number {
    return Math.ceil(count / this.#step(count, grain));
  }

  /**
   * Runs a kernel over the items 0 … count - 1 in ranges of at least `grain` items; returns when all are done. At `scratch`
   * are `scratchBytes` for each thread, or for each range where there are fewer.
   */
  run(kernel: string, args: readonly number[], count: number, grain: number, scratch: number, scratchBytes: number) {
    if (this.#failure !== undefined) throw this.#error(kernel, this.#failure);
    const step = this.#step(count, grain);
    const ranges = Math.ceil(count / step);
    const words = this.#words;
    words[Word.kernel] = this.#kernels.get(kernel)!;
    words[Word.count] = count;
    words[Word.step] = step;
    words[Word.scratch] = scratch;
    words[Word.scratchBytes] = scratchBytes;
    words[Word.argumentCount] = args.length;
    words[Word.failed] = 0;
    this.#floats.set(args, Word.arguments / 2);
    Atomics.store(words, Word.done, 0);
    Atomics.store(words, Word.ticket, ranges << 16);
    Atomics.add(words, Word.generation, 1);
    Atomics.notify(words, Word.generation, Math.min(this.#threads.length, ranges - 1));
    const compute = this.#simd[kernel]!;
    const began = performance.now();
    let problem: string | undefined;
    for (;;) {
      const range = Atomics.add(words, Word.ticket, 1) & 65535;
      if (range >= ranges) break;
      try {
        const at = ranges < this.size ? scratch + range * scratchBytes : scratch;
        compute(...args, range * step, Math.min(count, (range + 1) * step), at);
      } catch (error) {
        // Other threads may still be at work on their ranges: what they write to must not be given back yet.
        problem = `a range failed: ${error}`;
      }
      Atomics.add(words, Word.done, 1);
    }
    this.#await(kernel, ranges, Math.max(PATIENCE_MS, PATIENCE_TIMES * (performance.now() - began)));
    if (words[Word.failed] !== 0) problem ??= `a range failed in thread ${words[Word.failed]! + 1}`;
    if (problem !== undefined) throw new BackendError({ where: kernel, problem });
  }

  #step(count: number, grain: number): number {
    return Math.max(grain, Math.ceil(count / (this.size * RANGES_A_THREAD)));
  }

  /** Whether a thread is lost. */
  get broken(): boolean {
    return this.#failure !== undefined;
  }

  /** Ends the threads; resolves when none runs any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  /** A thread is gone: every kernel from now on refuses, since what it was doing was not done. */
  fail(reason: string): void {
    this.#failure ??= reason;
  }

  /** Waits for the ranges that other threads have taken. */
  #await(kernel: string, ranges: number, patience: number): void {
    const words = this.#words;
    for (let turn = 0; turn < this.#spins; turn++) if (Atomics.load(words, Word.done) === ranges) return;
    let [before, waited, last] = [-1, 0, performance.now()];
    for (;;) {
      const done = Atomics.load(words, Word.done);
      if (done === ranges) return;
      const now = performance.now();
      waited = done === before ? waited + Math.min(now - last, 2 * LOOK_MS) : 0;
      [before, last] = [done, now];
      if (waited > patience) {
        this.fail(`a thread has not answered for ${Math.round(patience / 1000)} s`);
        throw this.#error(kernel, this.#failure!);
      }
      // The core may be needed by the very thread that is waited for.
      if (MAY_SLEEP) Atomics.wait(words, Word.done, done, LOOK_MS);
    }
  }

  #error(kernel: string, problem: string): BackendError {
    return new BackendError({
      where: kernel,
      problem: `the WASM engine lost a thread: ${problem}`,
      expected: `${this.size} threads`,
      mend: 'start again from the last checkpoint, after activateBackend(wasm()), which then goes on with one thread',
    });
  }
}

/** Starts one thread and waits until it is ready; `failed` hears of its end after that. */
async function startThread(message: Start & { index: number }, failed: (reason: string) => void): Promise<Thread> {
  const node = typeof process === 'object' ? process.getBuiltinModule?.('node:worker_threads') : undefined;
  return new Promise((resolve, reject) => {
    const ended = (reason: string) => {
      reject(new Error(reason));
      failed(reason);
    };
    if (node !== undefined) {
      let stopped = false;
      const worker = new node.Worker(threadSource, { eval: true, workerData: message, execArgv: [], env: {} });
      const stop = () => {
        stopped = true;
        return worker.terminate();
      };
      // The process may end while threads sleep.
      worker.once('message', () => {
        worker.unref();
        resolve({ stop });
      });
      worker.once('error', (error) => ended(String(error)));
      worker.once('exit', (code) => stopped || ended(`it ended with code ${code}`));
      return;
    }
    const url = URL.createObjectURL(new Blob([threadSource], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.onmessage = () => {
      URL.revokeObjectURL(url);
      resolve({ stop: async () => worker.terminate() });
    };
    worker.onerror = (event) => ended(event.message || 'the worker could not be loaded');
    worker.postMessage(message);
  });
}

/** How many threads the machine runs at once. */
function availableCores(): number {
  const os = typeof process === 'object' ? process.getBuiltinModule?.('node:os') : undefined;
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}
