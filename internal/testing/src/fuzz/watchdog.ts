import { Worker } from 'node:worker_threads';

/** Ends the process, with a word on what ran, when a run does not return: nothing else can stop a loop. */
export interface Watchdog {
  /** A run begins. */
  watch(index: number): void;
  /** It has returned. */
  rest(): void;
  /** No more runs. */
  stop(): Promise<unknown>;
}

const SOURCE = `
const { workerData, parentPort } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const { state, name, limit } = workerData;
let [last, since] = [-1, Date.now()];
setInterval(() => {
  const [count, index] = [Atomics.load(state, 0), Atomics.load(state, 1)];
  if (count !== last || index < 0) [last, since] = [count, Date.now()];
  else if (Date.now() - since > limit) {
    writeSync(2, 'fuzz ' + name + ': mutant ' + index + ' has not returned within ' + limit + ' ms\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, 200).unref();
parentPort.on('message', () => process.exit());
`;

/** @param milliseconds The wall-clock time after which a run counts as hung. */
export function startWatchdog(name: string, milliseconds: number): Watchdog {
  const state = new Int32Array(new SharedArrayBuffer(8)).fill(-1);
  const worker = new Worker(SOURCE, { eval: true, execArgv: [], workerData: { state, name, limit: milliseconds } });
  worker.unref();
  return {
    watch(index) {
      Atomics.store(state, 1, index);
      Atomics.add(state, 0, 1);
    },
    rest: () => void Atomics.store(state, 1, -1),
    stop: () => worker.terminate(),
  };
}
