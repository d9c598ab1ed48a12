import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  Callback,
  EarlyStopping,
  isEspalierError,
  LambdaCallback,
  type LambdaHooks,
  Sequential,
  weightsOf,
} from '@espalier/core';
import { BatchNormalization, Dense, Dropout } from '@espalier/layers';
import { Adam, SGD } from '@espalier/optimizers';
import { dispose, memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

const x = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const y = x.map(([a]) => [a! > 0 ? 1 : 0]);
const data = { batchSize: 4, validationSplit: 0.25 };

function make(): Sequential {
  const model = new Sequential(
    [
      new Dense({ units: 3, activation: 'relu', inputShape: [2] }),
      new BatchNormalization(),
      new Dropout({ rate: 0.2 }),
      new Dense({ units: 1, activation: 'sigmoid' }),
    ],
    { seed: 1 },
  );
  model.compile({ optimizer: new Adam(), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

const caught = async (run: () => unknown): Promise<unknown> => {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return undefined;
};

const HOOKS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBegin',
  'onTestEnd',
] as const satisfies readonly (keyof LambdaHooks)[];

describe('while a model is in fit', () => {
  it('a second fit fails at once, and the first ends as if it had been alone', async () => {
    const alone = make();
    await alone.fit(x, y, { ...data, epochs: 3 });
    const model = make();
    const first = model.fit(x, y, { ...data, epochs: 3 });
    const second: unknown = await caught(() => model.fit(x, y, { ...data, epochs: 3 }));
    expect(isEspalierError(second, 'StateError')).toBe(true);
    expect(String(second)).toMatch(/Sequential, fit: the model is in fit/);
    await first;
    expect(await weightsOf(model)).toEqual(await weightsOf(alone));
    expect(model.optimizer.iterations).toBe(9);
  });

  const forbidden: Record<string, (model: Sequential) => unknown> = {
    fit: (model) => model.fit(x, y),
    trainStep: (model) => model.trainStep({ inputs: tensor(x), targets: tensor(y), size: 12 }),
    compile: (model) => model.compile({ optimizer: new SGD(), loss: 'mse' }),
  };
  it.each(HOOKS.flatMap((hook) => Object.keys(forbidden).map((what) => [hook, what] as const)))(
    '%s may not call %s',
    async (hook, what) => {
      const model = make();
      const errors: unknown[] = [];
      const callback = new LambdaCallback({
        [hook]: async () => {
          errors.push(await caught(() => forbidden[what]!(model)));
        },
      });
      await model.fit(x, y, { ...data, callbacks: [callback] });
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) expect(String(error)).toMatch(/^StateError: .*the model is in fit/);
      await model.fit(x, y, data);
    },
  );

  it.each(HOOKS)('%s may evaluate and predict, which changes nothing', async (hook) => {
    const alone = make();
    await alone.fit(x, y, { ...data, epochs: 2 });
    const model = make();
    let asked = 0;
    const callback = new LambdaCallback({
      [hook]: async () => {
        asked++;
        expect((await model.evaluate(x, y)).loss).toBeGreaterThan(0);
        (await model.predict(x)).dispose();
      },
    });
    await model.fit(x, y, { ...data, epochs: 2, callbacks: [callback] });
    expect(asked).toBeGreaterThan(0);
    expect(await weightsOf(model)).toEqual(await weightsOf(alone));
  });

  it('another model may train', async () => {
    const [a, b] = [make(), make()];
    await Promise.all([a.fit(x, y, { ...data, epochs: 3 }), b.fit(x, y, { ...data, epochs: 3 })]);
    expect(await weightsOf(a)).toEqual(await weightsOf(b));
  });

  it.each(HOOKS)('disposing of it in %s ends the run with a StateError, and nothing leaks', async (hook) => {
    const before = memory().numTensors;
    const model = make();
    const best = new EarlyStopping({ monitor: 'loss', restoreBestWeights: true, patience: 9 });
    const callback = new LambdaCallback({ [hook]: () => model.dispose() });
    const error = await caught(() => model.fit(x, y, { ...data, epochs: 2, callbacks: [best, callback] }));
    // After the last epoch there is nothing left to train.
    if (hook === 'onTrainEnd') expect(error).toBeUndefined();
    else expect(isEspalierError(error, 'StateError'), String(error)).toBe(true);
    expect(memory().numTensors).toBe(before);
    await model.fit(x, y, data);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('disposing of it between two steps ends the run too', async () => {
    const before = memory().numTensors;
    const model = make();
    const run = caught(() => model.fit(x, y, { ...data, epochs: 1000 }));
    await Promise.resolve();
    model.dispose();
    expect(String(await run)).toMatch(/StateError: .*disposed of while it was in fit/);
    expect(memory().numTensors).toBe(before);
  });
});

/** Every call of a hook in two epochs, in order: where a run can be cut. */
async function moments(): Promise<string[]> {
  const seen: string[] = [];
  const callbacks = [new LambdaCallback(Object.fromEntries(HOOKS.map((hook) => [hook, () => void seen.push(hook)])))];
  const model = make();
  await model.fit(x, y, { ...data, epochs: 2, callbacks });
  model.dispose();
  return seen;
}

/** Acts at the n-th call of any hook. */
class At extends Callback {
  calls = 0;
  ended = 0;

  constructor(
    readonly moment: number,
    readonly act: () => void,
  ) {
    super();
    for (const hook of HOOKS) {
      this[hook] = () => {
        if (hook === 'onTrainEnd') this.ended++;
        if (this.calls++ === moment) act();
      };
    }
  }
}

describe('wherever a run is cut', () => {
  const cut = async (moment: number, act: () => void, signal?: AbortSignal): Promise<unknown> => {
    const before = memory().numTensors;
    const model = make();
    const [watch, first, last] = [new EarlyStopping({ patience: 9 }), new At(moment, act), new At(-1, () => undefined)];
    const error = await caught(() =>
      model.fit(x, y, { ...data, epochs: 2, callbacks: [first, watch, last], ...(signal && { signal }) }),
    );
    expect([first.ended, last.ended], 'every callback is told of the end, once').toEqual([1, 1]);
    const held = memory().numTensors;
    await model.fit(x, y, data);
    (await model.predict(x)).dispose();
    expect(memory().numTensors, 'only first slots may be new').toBeLessThanOrEqual(
      held + model.optimizer.state().slots.size,
    );
    model.dispose();
    expect(memory().numTensors, 'no tensor is lost').toBe(before);
    return error;
  };

  it('by an error in any hook: it is thrown, all are told, nothing leaks, the model trains on', {
    timeout: 60_000,
  }, async () => {
    for (const [moment, hook] of (await moments()).entries()) {
      const error = await cut(moment, () => {
        throw new Error(`in ${hook}`);
      });
      expect(String(error), `moment ${moment}`).toBe(`Error: in ${hook}`);
    }
  });

  it('by a signal at any hook: its reason is thrown while there are steps left', { timeout: 60_000 }, async () => {
    const all = await moments();
    const lastStep = all.lastIndexOf('onTestBegin');
    for (const [moment, hook] of all.entries()) {
      const controller = new AbortController();
      const error = await cut(moment, () => controller.abort(new Error('enough')), controller.signal);
      expect(String(error), `moment ${moment}, ${hook}`).toBe(moment <= lastStep ? 'Error: enough' : 'undefined');
    }
  });

  it('by a signal that was given before', async () => {
    expect(String(await cut(-1, () => undefined, AbortSignal.abort(new Error('never'))))).toBe('Error: never');
  });

  it('by bad data, and by callbacks that are none', async () => {
    const model = make();
    await expect(model.fit(x, y.slice(1))).rejects.toThrow(/differ in the number/);
    await expect(model.fit(x, y, { callbacks: [{} as Callback] })).rejects.toThrow(/not a callback/);
    await expect(model.fit(x, y, { epochs: 0.5 })).rejects.toThrow(/epochs/);
    await model.fit(x, y, data);
  });

  it('an error at the end does not keep the others from ending', async () => {
    const model = make();
    const best = new EarlyStopping({ monitor: 'loss', mode: 'max', patience: 9, restoreBestWeights: true });
    const fails = new LambdaCallback({
      onTrainEnd() {
        throw new Error('first');
      },
    });
    await expect(model.fit(x, y, { ...data, epochs: 3, callbacks: [fails, best, fails] })).rejects.toThrow('first');
    const alone = make();
    await alone.fit(x, y, { ...data, epochs: best.bestEpoch! + 1 });
    expect(await weightsOf(model)).toEqual(await weightsOf(alone));
  });
});

it('trainStep frees what it made where the batch is bad', async () => {
  const model = make();
  await model.fit(x, y, data);
  const [inputs, targets] = [tensor(x), tensor(y.map(() => [7]))];
  const before = memory().numTensors;
  await expect(model.trainStep({ inputs, targets, size: 12 })).rejects.toThrow(/label 7/);
  expect(memory().numTensors).toBe(before);
  dispose([inputs, targets]);
});
