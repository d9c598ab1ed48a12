import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  type Callback,
  EarlyStopping,
  type EarlyStoppingOptions,
  type HostTensor,
  isEspalierError,
  LambdaCallback,
  LearningRateScheduler,
  type Logs,
  listCheckpoints,
  ModelCheckpoint,
  type ModelCheckpointOptions,
  memoryStorage,
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  readCheckpoint,
  type Sequential,
  weightsOf,
} from '@espalier/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { data, makeModel, x, y } from './model.js';

beforeAll(() => activateBackend(cpu()));

/**
 * Tells a callback of epochs whose validation loss is given (undefined: not measured) until it stops, on a real model
 * whose first bias is the number of the epoch; the epochs that were run.
 */
async function replay(
  callback: Callback,
  figures: readonly (number | undefined)[],
  model = makeModel(),
): Promise<number> {
  model.initialize();
  const metrics = ['loss', 'valLoss', 'valAccuracy'];
  callback.setModel(model);
  callback.setParams({ epochs: 99, initialEpoch: 0, steps: 1, batchSize: 1, metrics, callbacks: [callback] });
  model.stopTraining = false;
  await callback.onTrainBegin();
  let epoch = 0;
  for (const valLoss of figures) {
    if (model.stopTraining) break;
    await callback.onEpochBegin(epoch);
    model.parameters().get('dense/bias')!.assign(new Float32Array(6).fill(epoch));
    const logs: Logs = valLoss === undefined ? { loss: 1 } : { loss: 1, valLoss, valAccuracy: -valLoss };
    await callback.onEpochEnd(epoch++, logs);
  }
  await callback.onTrainEnd({});
  return epoch;
}

const bias = (weights: Map<string, HostTensor>): number | undefined => weights.get('dense/bias')?.data[0];

it('refuses what is no callback, and says how functions become one', async () => {
  const callbacks = [{ onEpochEnd: () => {} } as unknown as Callback];
  await expect(makeModel().fit(x, y, { callbacks })).rejects.toThrow(
    /^callbacks\[0\]: this is not a callback.*an object with onEpochEnd.*LambdaCallback/s,
  );
});

describe('EarlyStopping', () => {
  // The common cases are in keras.test.ts, by Keras itself; NaN first and figures left out are our own.
  it.each<[string, EarlyStoppingOptions, (number | undefined)[], number]>([
    ['stops at the first epoch without progress', {}, [3, 2, 2, 1], 3],
    ['waits', { patience: 2 }, [3, 4, 2, 3, 3, 1], 5],
    ['wants minDelta', { minDelta: 0.5, patience: 2 }, [3, 2.6, 2.7, 1], 3],
    ['takes the sign of minDelta away', { minDelta: -0.5, patience: 2 }, [3, 2.6, 2.7, 1], 3],
    ['looks for more of an accuracy', { monitor: 'valAccuracy', patience: 1 }, [3, 2, 1, 2, 0], 4],
    ['does as mode says', { mode: 'max', patience: 1 }, [1, 2, 3, 2, 4], 4],
    ['counts until the baseline is beaten', { baseline: 1, patience: 2 }, [5, 4, 3, 3, 0], 4],
    ['starts late', { startFromEpoch: 3 }, [1, 2, 3, 4, 5, 0], 5],
    ['passes over epochs without the figure', { patience: 1 }, [3, undefined, undefined, 2, 2, 0], 5],
    ['counts NaN as no progress', { patience: 2 }, [Number.NaN, 3, Number.NaN, Number.NaN, 0], 4],
    ['never stops while it gets better', {}, [5, 4, 3, 2, 1], 5],
  ])('%s', async (_what, options, figures, epochs) => {
    const callback = new EarlyStopping(options);
    expect(await replay(callback, figures)).toBe(epochs);
    expect(callback.stoppedEpoch).toBe(epochs < figures.length ? epochs - 1 : undefined);
  });

  it.each([
    ['it stopped', { patience: 1 }, [3, 2, 4]],
    ['the epochs ran out', { patience: 9 }, [3, 2, 4]],
  ])('puts the best weights back where %s', async (_what, options, figures) => {
    const model = makeModel();
    const callback = new EarlyStopping({ ...options, restoreBestWeights: true });
    await replay(callback, figures, model);
    expect([callback.bestEpoch, callback.best]).toEqual([1, 2]);
    expect(bias(await weightsOf(model))).toBe(1);
    await replay(new EarlyStopping(options), figures, model);
    expect(bias(await weightsOf(model))).toBe(2);
  });

  it('puts the best weights back where an error or an abort ends fit', async () => {
    for (const end of ['error', 'abort']) {
      const model = makeModel();
      const abort = new AbortController();
      let best: Map<string, HostTensor> | undefined;
      const watch = new LambdaCallback({
        async onEpochEnd(epoch) {
          if (epoch === 0) best = await weightsOf(model);
        },
        onTrainBatchEnd() {
          if (model.progress?.epoch !== 1 || model.progress.batch !== 3) return;
          if (end === 'error') throw new Error('from a callback');
          abort.abort();
        },
      });
      const callbacks = [watch, new EarlyStopping({ restoreBestWeights: true })];
      await expect(model.fit(x, y, { ...data, epochs: 3, callbacks, signal: abort.signal })).rejects.toThrow();
      expect(await weightsOf(model)).toEqual(best);
    }
  });

  it('starts afresh in another fit', async () => {
    const callback = new EarlyStopping({ patience: 1 });
    expect(await replay(callback, [1, 2, 3])).toBe(2);
    expect(await replay(callback, [5, 4, 3])).toBe(3);
  });
});

describe('ReduceLROnPlateau', () => {
  // More cases are in keras.test.ts, by Keras itself.
  it.each<[string, ReduceLROnPlateauOptions, number[], number[]]>([
    ['after patience', { factor: 0.5, patience: 2 }, [3, 3, 3, 3, 3], [1, 1, 0.5, 0.5, 0.25]],
    ['not while it gets better', { factor: 0.5, patience: 1 }, [3, 2, 1], [1, 1, 1]],
    ['unless by less than minDelta', { factor: 0.5, patience: 1 }, [3, 2.99995, 2.9], [1, 0.5, 0.5]],
    ['down to minLr', { factor: 0.5, patience: 1, minLr: 0.4 }, [3, 3, 3, 3], [1, 0.5, 0.4, 0.4]],
    [
      'with a rest after a reduction',
      { factor: 0.5, patience: 1, cooldown: 2 },
      [3, 3, 3, 3, 3, 3],
      [1, 0.5, 0.5, 0.25, 0.25, 0.125],
    ],
    ['at once with patience 0', { factor: 0.5, patience: 0 }, [3, 3, 3], [1, 0.5, 0.25]],
    ['for an accuracy', { monitor: 'valAccuracy', factor: 0.5, patience: 1 }, [3, 2, 2], [1, 1, 0.5]],
  ])('%s', async (_what, options, figures, rates) => {
    const model = makeModel(1);
    const callback = new ReduceLROnPlateau(options);
    const seen: number[] = [];
    const end = callback.onEpochEnd.bind(callback);
    callback.onEpochEnd = (epoch, logs) => {
      end(epoch, logs);
      seen.push(model.optimizer.learningRate);
    };
    await replay(callback, figures, model);
    expect(seen).toEqual(rates);
  });
});

describe('LearningRateScheduler', () => {
  it('asks once an epoch, with the rate so far', async () => {
    const model = makeModel(1);
    const asked: [number, number][] = [];
    const callback = new LearningRateScheduler((epoch, rate) => {
      asked.push([epoch, rate]);
      return rate / 2;
    });
    await model.fit(x, y, { ...data, epochs: 3, callbacks: [callback] });
    expect(asked).toEqual([
      [0, 1],
      [1, 0.5],
      [2, 0.25],
    ]);
    expect(model.optimizer.learningRate).toBe(0.125);
  });

  it('refuses what is no rate', async () => {
    const callback = new LearningRateScheduler(() => Number.NaN);
    await expect(makeModel().fit(x, y, { callbacks: [callback] })).rejects.toThrow(/epoch 0: the schedule gave no/);
  });
});

describe('ModelCheckpoint', () => {
  const run = async (options: Omit<ModelCheckpointOptions, 'storage'>, epochs = 3): Promise<string[]> => {
    const storage = memoryStorage();
    const saved: string[] = [];
    const onSave = ({ progress }: { progress: { epoch: number; batch: number } }): void => {
      saved.push(`${progress.epoch}.${progress.batch}`);
    };
    const callback = new ModelCheckpoint({ storage, onSave, ...options });
    await makeModel().fit(x, y, { ...data, epochs, callbacks: [callback] });
    expect(await listCheckpoints(storage)).toHaveLength(Math.min(options.keep ?? 2, saved.length));
    return saved;
  };

  it('saves every epoch and keeps two', async () => {
    expect(await run({})).toEqual(['1.0', '2.0', '3.0']);
  });

  it('saves every few batches, over the ends of epochs', async () => {
    expect(await run({ saveFreq: 5, keep: 9 }, 2)).toEqual(['0.5', '1.2', '1.7']);
  });

  it('saves only the best', async () => {
    const storage = memoryStorage();
    const callback = new ModelCheckpoint({ storage, saveBestOnly: true, keep: Number.POSITIVE_INFINITY });
    const { history } = await makeModel(0.5).fit(x, y, { ...data, epochs: 8, callbacks: [callback] });
    const losses = history.valLoss ?? [];
    const records = losses.flatMap((loss, i) => (losses.slice(0, i).every((earlier) => loss < earlier) ? [i + 1] : []));
    const saved = await Promise.all((await listCheckpoints(storage)).map((id) => readCheckpoint(storage, id)));
    expect(saved.map(({ progress }) => progress.epoch)).toEqual(records);
    expect(records.length).toBeGreaterThan(1);
    expect(records.length).toBeLessThan(losses.length);
  });

  it('saves what callbacks after it in the list keep', async () => {
    const storage = memoryStorage();
    const stop = new EarlyStopping({ patience: 5, restoreBestWeights: true });
    await makeModel().fit(x, y, { ...data, epochs: 2, callbacks: [new ModelCheckpoint({ storage }), stop] });
    const { callbacks } = await readCheckpoint(storage, (await listCheckpoints(storage)).at(-1)!);
    expect(callbacks.get('EarlyStopping')?.values).toEqual(stop.state().values);
    expect(callbacks.get('EarlyStopping')?.tensors).toEqual(stop.state().tensors);
  });
});

describe('options and figures that cannot be', () => {
  it.each<[string, () => Callback, RegExp]>([
    ['patience', () => new EarlyStopping({ patience: -1 }), /EarlyStopping, patience: out of range.*0 or more.*-1/s],
    ['startFromEpoch', () => new EarlyStopping({ startFromEpoch: 0.5 }), /startFromEpoch/],
    ['an unclear mode', () => new EarlyStopping({ monitor: 'valThing' }), /valThing.*mode: 'min' or mode: 'max'/s],
    ['factor', () => new ReduceLROnPlateau({ factor: 1 }), /factor.*between 0 and 1/s],
    ['cooldown', () => new ReduceLROnPlateau({ cooldown: Number.NaN }), /cooldown/],
    ['keep', () => new ModelCheckpoint({ storage: memoryStorage(), keep: 0 }), /ModelCheckpoint, keep.*1 or more/s],
    ['saveFreq', () => new ModelCheckpoint({ storage: memoryStorage(), saveFreq: 0 }), /saveFreq/],
    [
      'a figure of epochs in batches',
      () => new ModelCheckpoint({ storage: memoryStorage(), saveFreq: 3, saveBestOnly: true }),
      /'valLoss' is known at the end of an epoch only/,
    ],
    [
      'a hook',
      () => new LambdaCallback({ onEpochEnds: () => undefined } as never),
      /no option 'onEpochEnds'.*onEpochEnd'/s,
    ],
  ])('%s', (_what, make, message) => {
    const error = caught(make);
    expect(isEspalierError(error, 'ValueError'), String(error)).toBe(true);
    expect(String(error)).toMatch(message);
  });

  it.each<[string, Callback, RegExp]>([
    ['without validation', new EarlyStopping(), /no 'valLoss'.*one of loss, accuracy.*pass validationData/s],
    ['misspelt', new ReduceLROnPlateau({ monitor: 'acuracy', mode: 'max' }), /no 'acuracy'.*did you mean 'accuracy'/s],
    [
      'in a checkpoint',
      new ModelCheckpoint({ storage: memoryStorage(), saveBestOnly: true }),
      /ModelCheckpoint: the logs have no 'valLoss'/,
    ],
  ])('a figure that is not there, %s, is found before the first step', async (_what, callback, message) => {
    const model = makeModel();
    const error: unknown = await model.fit(x, y, { callbacks: [callback] }).catch((e: unknown) => e);
    expect(isEspalierError(error, 'TrainingError'), String(error)).toBe(true);
    expect(String(error)).toMatch(message);
    expect(model.optimizer.iterations).toBe(0);
  });
});

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

it('LambdaCallback calls its functions, with itself as this', async () => {
  const model = makeModel();
  const seen: string[] = [];
  let itself: Sequential | undefined;
  const callback = new LambdaCallback({
    onTrainBegin(this: Callback) {
      itself = this.model as unknown as Sequential;
    },
    onEpochEnd: (epoch, logs) => void seen.push(`${epoch}: ${Object.keys(logs ?? {}).join()}`),
    onTrainEnd: async () => void seen.push('end'),
  });
  await model.fit(x, y, { ...data, epochs: 2, callbacks: [callback] });
  expect(itself).toBe(model);
  expect(seen).toEqual(['0: loss,accuracy,valLoss,valAccuracy', '1: loss,accuracy,valLoss,valAccuracy', 'end']);
});
