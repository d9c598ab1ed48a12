/** Where the numbers of a job stand in the control block, as indices of 32-bit words. */
export const Word = {
  /** Counts jobs; threads sleep until it changes. */
  generation: 0,
  /** Ranges in all, shifted by 16, and the next range to be taken. */
  ticket: 1,
  /** How many ranges are finished. */
  done: 2,
  /** 1 + the index of a thread whose range failed, else 0. */
  failed: 3,
  kernel: 4,
  count: 5,
  /** Items of a range. */
  step: 6,
  scratch: 7,
  scratchBytes: 8,
  argumentCount: 9,
  /** From here on the arguments, as float64. */
  arguments: 16,
} as const;

/** Bytes of the control block: room for 56 arguments. */
export const CONTROL_BYTES = 512;

/**
 * The program of a thread. It sleeps on the control block, takes ranges of the job there until none is left, and sleeps
 * again; it spins a little first, since the next kernel of a training step is mostly microseconds away.
 *
 * It is text, because the one way of starting a worker that needs no file beside a bundle is from text.
 */
export const threadSource = `
const start = async ({ module, memory, control, index, size, spins, scope }) => {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = Object.keys(exports).sort().map((name) => exports[name]);
  const words = new Int32Array(memory.buffer, control, ${CONTROL_BYTES / 4});
  const floats = new Float64Array(memory.buffer, control, ${CONTROL_BYTES / 8});
  let seen = Atomics.load(words, ${Word.generation});
  scope.postMessage('ready');
  for (;;) {
    for (let i = 0; i < spins && Atomics.load(words, ${Word.generation}) === seen; i++);
    Atomics.wait(words, ${Word.generation}, seen);
    seen = Atomics.load(words, ${Word.generation});
    for (;;) {
      const ticket = Atomics.add(words, ${Word.ticket}, 1);
      const range = ticket & 65535, ranges = ticket >>> 16;
      if (range >= ranges) break;
      try {
        const step = words[${Word.step}];
        const last = Math.min(words[${Word.count}], (range + 1) * step);
        const at = ${Word.arguments / 2};
        kernels[words[${Word.kernel}]](
          ...floats.subarray(at, at + words[${Word.argumentCount}]), range * step, last,
          words[${Word.scratch}] + (ranges < size ? range : index) * words[${Word.scratchBytes}],
        );
      } catch {
        Atomics.store(words, ${Word.failed}, index);
      }
      if (Atomics.add(words, ${Word.done}, 1) + 1 === ranges) Atomics.notify(words, ${Word.done});
    }
  }
};
if (typeof process === 'object' && process.getBuiltinModule) {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  start({ ...workerData, scope: parentPort });
} else onmessage = ({ data }) => start({ ...data, scope: self });
`;
