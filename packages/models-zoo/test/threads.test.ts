import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  isEspalierError,
  LambdaCallback,
  listCheckpoints,
  ModelCheckpoint,
  memoryStorage,
  readCheckpoint,
  weightsOf,
} from '@espalier/core';
import { lstmClassifier, mnistCnn } from '@espalier/models-zoo';
import { Adam } from '@espalier/optimizers';
import { removeBackend, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const BATCH = 32;
const noise = (count: number, range: number) =>
  Float32Array.from({ length: count }, (_, i) => (((i * 2654435761) >>> 0) % 1000) / (1000 / range));

const cases = {
  'a convolutional network': {
    make: () => mnistCnn({ seed: 1 }),
    loss: 'categoricalCrossentropy',
    inputs: () => tensor(noise(BATCH * 784, 1), [BATCH, 28, 28, 1]),
    targets: () =>
      tensor(
        Array.from({ length: BATCH * 10 }, (_, i) => (i % 10 === Math.floor(i / 10) % 10 ? 1 : 0)),
        [BATCH, 10],
      ),
  },
  'a recurrent network': {
    make: () => lstmClassifier({ vocabulary: 1000, seed: 1 }),
    loss: 'binaryCrossentropy',
    inputs: () => tensor(noise(BATCH * 40, 1000).map(Math.floor), [BATCH, 40]),
    targets: () =>
      tensor(
        Array.from({ length: BATCH }, (_, i) => i % 2),
        [BATCH, 1],
      ),
  },
} as const;

/** The weights after five steps on an engine of its own, as bytes. */
async function train(name: keyof typeof cases, threads: number): Promise<Buffer> {
  const info = await activateBackend(wasm({ threads }));
  expect(info.threads).toBe(threads);
  const { make, loss, inputs, targets } = cases[name];
  const model = make();
  model.compile({ optimizer: new Adam(), loss });
  const batch = { inputs: inputs(), targets: targets(), size: BATCH };
  for (let step = 0; step < 5; step++) await model.trainStep(batch);
  const weights = await weightsOf(model);
  removeBackend('wasm');
  return Buffer.concat(
    [...weights.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
}

describe.each(Object.keys(cases) as (keyof typeof cases)[])('%s', (name) => {
  test('trains to the same bits, time after time and whatever the number of threads', async () => {
    const once = await train(name, 1);
    expect(once.some((byte) => byte !== 0)).toBe(true);
    for (const threads of [1, 2, 2, 3]) {
      expect((await train(name, threads)).equals(once), `${threads} threads`).toBe(true);
    }
  });
});

test('a thread that dies ends training with an error, and the checkpoint before it stays whole', async () => {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { Worker } = threads;
  const started: InstanceType<typeof Worker>[] = [];
  threads.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      started.push(this);
    }
  };
  try {
    await activateBackend(wasm({ threads: 2 }));
  } finally {
    threads.Worker = Worker;
  }
  const { make, loss, inputs, targets } = cases['a convolutional network'];
  const model = make();
  model.compile({ optimizer: new Adam(), loss });
  const storage = memoryStorage();
  const killer = new LambdaCallback({
    onEpochBegin: async (epoch) => {
      if (epoch === 2) await started[0]!.terminate();
    },
  });
  const run = model.fit(inputs(), targets(), { epochs: 5, callbacks: [killer, new ModelCheckpoint({ storage })] });
  const error = await run.catch((reason: unknown) => reason);
  expect(isEspalierError(error, 'BackendError')).toBe(true);
  expect(String(error)).toContain('lost a thread');
  const checkpoint = await readCheckpoint(storage, (await listCheckpoints(storage)).at(-1)!);
  expect(checkpoint.progress.epoch).toBe(2);
  removeBackend('wasm');
});
