import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  type Callback,
  EarlyStopping,
  fileStorage,
  type HostTensor,
  LambdaCallback,
  LearningRateScheduler,
  listCheckpoints,
  ModelCheckpoint,
  memoryStorage,
  ReduceLROnPlateau,
  readCheckpoint,
  restoreCheckpoint,
  type Storage,
  saveCheckpoint,
  weightsOf,
} from '@espalier/core';
import { beforeAll, expect, it } from 'vitest';
import { data, makeModel, x, y } from './model.js';

beforeAll(() => activateBackend(cpu()));

const EPOCHS = 8;

/** Callbacks that all matter here: the rate falls twice, the best epoch is not the last, training stops early. */
function makeCallbacks(storage: Storage, saveFreq: 'epoch' | number): Callback[] {
  return [
    new ModelCheckpoint({ storage, saveFreq, keep: 99 }),
    new EarlyStopping({ monitor: 'valLoss', minDelta: 0.02, patience: 3, restoreBestWeights: true }),
    new LearningRateScheduler((_epoch, rate) => rate * 0.9),
    new ReduceLROnPlateau({ monitor: 'valLoss', minDelta: 0.05, patience: 1, factor: 0.5 }),
  ];
}

interface Outcome {
  readonly weights: Map<string, HostTensor>;
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly learningRate: number;
  readonly states: unknown[];
}

async function finish(model: ReturnType<typeof makeModel>, callbacks: Callback[], resume?: object): Promise<Outcome> {
  const { history } = await model.fit(x, y, { ...data, epochs: EPOCHS, callbacks, ...resume });
  return {
    weights: await weightsOf(model),
    history,
    learningRate: model.optimizer.learningRate,
    states: callbacks.map((callback) => callback.state()),
  };
}

it.each<['epoch' | number]>([['epoch'], [3]])(
  'a run resumed from any checkpoint (saveFreq %s) ends as if it had never stopped',
  { timeout: 120_000 },
  async (saveFreq) => {
    const directory = mkdtempSync(join(tmpdir(), 'espalier-'));
    try {
      const storage = fileStorage(directory);
      const watched = makeCallbacks(storage, saveFreq);
      const whole = await finish(makeModel(), watched);
      const epochs = whole.history.loss?.length ?? 0;
      // Else the run would not show that the counters come back.
      expect(epochs).toBeGreaterThan(3);
      expect(whole.learningRate).toBeLessThan(0.05 * 0.9 ** epochs);

      const ids = await listCheckpoints(storage);
      expect(ids.length).toBeGreaterThan(3);
      for (const id of ids) {
        // Nothing of the first run is at hand: new model, new optimizer, new callbacks.
        const model = makeModel();
        const callbacks = makeCallbacks(memoryStorage(), saveFreq);
        const { optimizer } = model;
        const resume = await restoreCheckpoint(storage, { model, optimizer, callbacks, id });
        expect(await finish(model, callbacks, { resume }), id).toEqual(whole);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);

it('a callback that saves other things gets them back under its name, and twins get their own', async () => {
  class Counter extends LambdaCallback {
    override readonly name = 'Counter';
    constructor(public count: number) {
      super({});
    }
    override state() {
      return { values: { count: this.count, odd: Number.NaN } };
    }
    override restoreState({ values }: { values: unknown }): void {
      expect(values).toEqual({ count: expect.any(Number), odd: Number.NaN });
      this.count = (values as { count: number }).count;
    }
  }
  const model = makeModel();
  model.initialize();
  const storage = memoryStorage();
  const progress = { seed: 7, epoch: 1, batch: 0, sums: {}, history: {} };
  const id = await saveCheckpoint(storage, {
    model,
    progress,
    callbacks: [new Counter(3), new LambdaCallback({}), new Counter(4)],
  });
  expect([...(await readCheckpoint(storage, id)).callbacks.keys()]).toEqual(['Counter', 'Counter#2']);
  const [a, b, c] = [new Counter(0), new Counter(0), new Counter(9)];
  await restoreCheckpoint(storage, { model, callbacks: [a, b, c] });
  expect([a.count, b.count, c.count]).toEqual([3, 4, 9]);
});
