import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  type Callback,
  EarlyStopping,
  LambdaCallback,
  latestCheckpoint,
  listCheckpoints,
  ModelCheckpoint,
  memoryStorage,
  readCheckpoint,
  restoreCheckpoint,
  Sequential,
  type Storage,
  saveCheckpoint,
  weightsOf,
} from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { FailingStorage } from './FailingStorage.js';

beforeAll(() => activateBackend(cpu()));

const x = Array.from({ length: 8 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const y = x.map(([a]) => [a!]);

function make(seed = 1): Sequential {
  const model = new Sequential([new Dense({ units: 1, inputShape: [2] })], { seed });
  model.compile({ optimizer: new Adam({ learningRate: 0.1 }), loss: 'mse' });
  return model;
}

/** Remembers the ids that a callback saved. */
function checkpoint(storage: Storage, options: object = {}): { callback: ModelCheckpoint; ids: string[] } {
  const ids: string[] = [];
  const callback = new ModelCheckpoint({ storage, ...options, onSave: ({ id }) => void ids.push(id) });
  return { callback, ids };
}

async function allWhole(storage: Storage): Promise<void> {
  for (const id of await listCheckpoints(storage)) await readCheckpoint(storage, id);
}

const best = { saveBestOnly: true, monitor: 'loss', mode: 'min' };

describe('several save to one storage, and each removes its own', () => {
  it('two of one run, the last and the best', async () => {
    const storage = memoryStorage();
    const [one, two] = [checkpoint(storage, { ...best, keep: 1 }), checkpoint(storage, { keep: 2 })];
    const model = make();
    const spoil = new LambdaCallback({
      onEpochEnd(epoch) {
        if (epoch === 2) model.optimizer.learningRate = 5;
      },
    });
    await model.fit(x, y, { epochs: 8, callbacks: [one.callback, two.callback, spoil] });
    expect(one.ids.length).toBeLessThan(6);
    expect(new Set([...one.ids, ...two.ids]).size).toBe(one.ids.length + two.ids.length);
    expect(await listCheckpoints(storage)).toEqual([...one.ids.slice(-1), ...two.ids.slice(-2)].sort());
    await allWhole(storage);
  });

  it("a callback beside the user's own", async () => {
    const storage = memoryStorage();
    const { callback, ids } = checkpoint(storage, { keep: 2 });
    const mine: string[] = [];
    const model = make();
    const save = new LambdaCallback({
      async onEpochEnd() {
        mine.push(await saveCheckpoint(storage, { model, progress: model.progress!, keep: 3 }));
      },
    });
    await model.fit(x, y, { epochs: 6, callbacks: [save, callback] });
    expect(await listCheckpoints(storage)).toEqual([...mine.slice(-3), ...ids.slice(-2)].sort());
  });

  it('two runs, one after the other', async () => {
    const storage = memoryStorage();
    const [one, two] = [checkpoint(storage), checkpoint(storage)];
    await make().fit(x, y, { epochs: 4, callbacks: [one.callback] });
    await make().fit(x, y, { epochs: 4, callbacks: [two.callback] });
    // The same callback in another run is another series.
    const before = [...one.ids];
    await make().fit(x, y, { epochs: 4, callbacks: [one.callback] });
    expect(await listCheckpoints(storage)).toEqual([...before.slice(-2), ...two.ids.slice(-2), ...one.ids.slice(-2)]);
    expect(await latestCheckpoint(storage)).toBe(one.ids.at(-1));
  });

  it('two runs at once', async () => {
    const storage = memoryStorage();
    const all = [1, 2, 3].map(() => checkpoint(storage));
    await Promise.all(all.map(({ callback }, i) => make(i).fit(x, y, { epochs: 5, callbacks: [callback] })));
    expect(new Set(all.flatMap(({ ids }) => ids)).size).toBe(15);
    expect(await listCheckpoints(storage)).toEqual(all.flatMap(({ ids }) => ids.slice(-2)).sort());
    await allWhole(storage);
  });

  it('a resumed run goes on removing its own', async () => {
    for (const stopped of [1, 3]) {
      const storage = memoryStorage();
      const other = await saveCheckpoint(storage, { model: await trained(), progress: progressOf(9) });
      const first = checkpoint(storage);
      await make().fit(x, y, { epochs: stopped, callbacks: [first.callback] });
      const model = make();
      const second = checkpoint(storage);
      const resume = await restoreCheckpoint(storage, {
        model,
        optimizer: model.optimizer,
        callbacks: [second.callback],
      });
      await model.fit(x, y, { epochs: 6, callbacks: [second.callback], resume });
      expect(await listCheckpoints(storage)).toEqual([other, ...second.ids.slice(-2)]);
    }
  });
});

const progressOf = (epoch: number) => ({ seed: 1, epoch, batch: 0, sums: {}, history: {} });
async function trained(): Promise<Sequential> {
  const model = make();
  await model.fit(x, y);
  return model;
}

describe('a storage that fails', () => {
  const OPTIONS = { batchSize: 4, epochs: 3 };
  const callbacksFor = (storage: Storage): Callback[] => [
    new EarlyStopping({ monitor: 'loss', patience: 9, restoreBestWeights: true }),
    new ModelCheckpoint({ storage, ...best, mode: 'min' as const, keep: 1 }),
    new ModelCheckpoint({ storage, saveFreq: 1, keep: 2 }),
  ];

  it.each([
    ['once', false],
    ['from then on', true],
  ])(
    '%s, at every operation: the newest checkpoint is whole, and a resume ends as if nothing had been',
    { timeout: 120_000 },
    async (_, staysBroken) => {
      const whole = make();
      await whole.fit(x, y, { ...OPTIONS, callbacks: callbacksFor(memoryStorage()) });
      const expected = await weightsOf(whole);
      const before = memory().numTensors;
      let failures = 0;
      for (let failAt = 0; ; failAt++) {
        const inner = memoryStorage();
        const storage = new FailingStorage(inner, failAt, staysBroken);
        const first = make();
        const error: unknown = await first
          .fit(x, y, { ...OPTIONS, callbacks: callbacksFor(storage) })
          .then(() => undefined)
          .catch((e: unknown) => e);
        first.dispose();
        await allWhole(inner);
        const id = await latestCheckpoint(inner);
        if (error === undefined && failAt > storage.operations) break;
        failures += Number(error !== undefined);

        const second = make();
        const callbacks = callbacksFor(inner);
        const resume =
          id === undefined
            ? undefined
            : await restoreCheckpoint(inner, { model: second, optimizer: second.optimizer, callbacks });
        await second.fit(x, y, { ...OPTIONS, callbacks, ...(resume && { resume }) });
        expect(await weightsOf(second), `operation ${failAt}, resumed from ${id}`).toEqual(expected);
        await allWhole(inner);
        second.dispose();
        expect(memory().numTensors).toBe(before);
      }
      expect(failures).toBeGreaterThan(20);
    },
  );

  it('while restoring changes nothing', async () => {
    const inner = memoryStorage();
    const model = await trained();
    await saveCheckpoint(inner, { model, optimizer: model.optimizer, progress: model.progress! });
    const other = make(5);
    other.initialize();
    const weights = await weightsOf(other);
    const tensors = memory().numTensors;
    for (let failAt = 0; ; failAt++) {
      const storage = new FailingStorage(inner, failAt, false);
      const failed = await restoreCheckpoint(storage, { model: other, optimizer: other.optimizer }).then(
        () => false,
        () => true,
      );
      if (!failed) {
        expect(failAt).toBe(storage.operations);
        break;
      }
      expect(await weightsOf(other)).toEqual(weights);
      expect(other.optimizer.iterations).toBe(0);
      expect(memory().numTensors).toBe(tensors);
    }
    expect(await weightsOf(other)).toEqual(await weightsOf(model));
  });
});
