import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  type FitOptions,
  type FitProgress,
  isEspalierError,
  LambdaCallback,
  memoryStorage,
  restoreCheckpoint,
  Sequential,
  saveCheckpoint,
  weightsOf,
} from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

const x = Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const y = x.map(([a]) => [a! > 0 ? 1 : 0]);
const OPTIONS: FitOptions = { batchSize: 4, epochs: 3 };

function make(seed = 1, metrics: ('accuracy' | 'mse')[] = ['accuracy']): Sequential {
  const model = new Sequential([new Dense({ units: 1, activation: 'sigmoid', inputShape: [2] })], { seed });
  model.compile({ optimizer: new Adam({ learningRate: 0.1 }), loss: 'binaryCrossentropy', metrics });
  return model;
}

/** A run that was stopped after so many steps, as a file brings it back. */
async function stopped(
  steps: number,
  options: FitOptions = OPTIONS,
): Promise<{ model: Sequential; resume: FitProgress }> {
  const first = make();
  let left = steps;
  const stop = new LambdaCallback({
    onTrainBatchEnd() {
      first.stopTraining = --left === 0;
    },
  });
  await first.fit(x, y, { ...options, callbacks: [stop] });
  const storage = memoryStorage();
  await saveCheckpoint(storage, { model: first, optimizer: first.optimizer, progress: first.progress! });
  const model = make();
  return { model, resume: await restoreCheckpoint(storage, { model, optimizer: model.optimizer }) };
}

const inside = 7; // Two batches of the second epoch are done.
const between = 5;

const differences: [string, FitOptions, RegExp, FitOptions?][] = [
  ['batchSize', { batchSize: 5 }, /another batchSize[\s\S]*expected: 4[\s\S]*got: +5/],
  ['batchSize, larger than what is left', { batchSize: 16 }, /another batchSize/],
  ['batchSize, by default', { batchSize: undefined } as unknown as FitOptions, /another batchSize[\s\S]*32/],
  ['shuffle', { shuffle: false }, /another shuffle/],
  ['stepsPerEpoch', { stepsPerEpoch: 1 }, /another stepsPerEpoch/],
  ['stepsPerEpoch, more', { stepsPerEpoch: 4 }, /another stepsPerEpoch[\s\S]*3[\s\S]*4/, { stepsPerEpoch: 3 }],
  ['stepsPerEpoch, no longer', {}, /another stepsPerEpoch[\s\S]*3[\s\S]*none/, { stepsPerEpoch: 3 }],
];

describe('resuming', () => {
  it.each(differences)(
    'within an epoch with another %s is refused by name',
    async (_, change, message, before = {}) => {
      const steps = before.stepsPerEpoch === undefined ? inside : before.stepsPerEpoch + 1;
      const { model, resume } = await stopped(steps, { ...OPTIONS, ...before });
      expect(resume).toMatchObject({ epoch: 1 });
      const weights = await weightsOf(model);
      const error: unknown = await model.fit(x, y, { ...OPTIONS, ...change, resume }).catch((e: unknown) => e);
      expect(isEspalierError(error, 'ValueError'), String(error)).toBe(true);
      expect(String(error)).toMatch(/fit, resume: /);
      expect(String(error)).toMatch(message);
      expect(await weightsOf(model)).toEqual(weights);
    },
  );

  it.each([[x.slice(1)], [[...x, [0, 0]]]])('within an epoch of other data is refused', async (inputs) => {
    const { model, resume } = await stopped(inside);
    const run = model.fit(
      inputs,
      inputs.map(() => [1]),
      { ...OPTIONS, resume },
    );
    await expect(run).rejects.toThrow(/data of another size[\s\S]*expected: 20/);
  });

  it('within an epoch with other figures, or of another seed, is refused', async () => {
    const { resume } = await stopped(inside);
    for (const metrics of [[], ['mse'], ['accuracy', 'mse']] as ('accuracy' | 'mse')[][]) {
      await expect(make(1, metrics).fit(x, y, { ...OPTIONS, resume })).rejects.toThrow(/measured other figures/);
    }
    await expect(make(2).fit(x, y, { ...OPTIONS, resume })).rejects.toThrow(/another seed/);
    const odd = { ...resume, sums: { ...resume.sums, accuracy: [1] } };
    await expect(make().fit(x, y, { ...OPTIONS, resume: odd })).rejects.toThrow(/accuracy: .*other statistics/);
  });

  it('of an earlier version, which does not say, is refused where the position cannot be', async () => {
    const { model, resume } = await stopped(inside);
    const { batchSize: _b, shuffle: _s, size: _n, stepsPerEpoch: _e, ...old } = resume;
    await expect(make().fit(x, y, { ...OPTIONS, batchSize: 32, resume: old })).rejects.toThrow(/fewer batches/);
    await expect(make().fit(x, y, { ...OPTIONS, stepsPerEpoch: 1, resume: old })).rejects.toThrow(/fewer batches/);
    const whole = make();
    await whole.fit(x, y, OPTIONS);
    await model.fit(x, y, { ...OPTIONS, resume: old });
    expect(await weightsOf(model)).toEqual(await weightsOf(whole));
  });

  it.each([
    { epoch: -1, batch: 0 },
    { epoch: 0.5, batch: 0 },
    { epoch: 0, batch: -3 },
    { epoch: 0, batch: Number.NaN },
    { epoch: 0, batch: 99 },
  ])('at no position, %o, is refused', async (position) => {
    const resume = { seed: 1, sums: { loss: [0, 0], accuracy: [0, 0] }, history: {}, ...position };
    await expect(make().fit(x, y, { ...OPTIONS, resume })).rejects.toThrow(/ValueError|fit, resume/);
  });

  it.each(differences)('between two epochs with another %s goes on with the next epoch', async (_, change) => {
    const { model, resume } = await stopped(between);
    // The stop came after the last batch, so that its epoch is still to be reported; this one is behind it.
    const at = { ...resume, epoch: 1, batch: 0, sums: {}, history: { loss: [1], accuracy: [1] } };
    const { epoch, history } = await model.fit(x, y, { ...OPTIONS, ...change, resume: at });
    expect(epoch).toEqual([0, 1, 2]);
    expect(history.loss).toHaveLength(3);
    const { batchSize = 32, stepsPerEpoch = 99 } = { ...OPTIONS, ...change };
    const steps = Math.min(stepsPerEpoch, Math.ceil(20 / (batchSize ?? 32)));
    expect(model.optimizer.iterations).toBe(between + 2 * steps);
  });

  it('with other figures between two epochs keeps one entry an epoch', async () => {
    const first = make(1, ['accuracy']);
    await first.fit(x, y, { ...OPTIONS, epochs: 2 });
    const second = make(1, ['mse']);
    const { history } = await second.fit(x, y, { ...OPTIONS, validationData: [x, y], resume: first.progress! });
    const missing = Number.NaN;
    expect(history).toEqual({
      loss: [expect.any(Number), expect.any(Number), expect.any(Number)],
      accuracy: [expect.any(Number), expect.any(Number), missing],
      mse: [missing, missing, expect.any(Number)],
      valLoss: [missing, missing, expect.any(Number)],
      valMse: [missing, missing, expect.any(Number)],
    });
  });
});

describe('how many steps', () => {
  it.each([0, -1, 1.5, Number.NaN])('%d is refused before a step is made', async (count) => {
    const model = make();
    model.initialize();
    const weights = await weightsOf(model);
    for (const run of [
      () => model.evaluate(x, y, { steps: count }),
      () => model.evaluate(x, y, { batchSize: count }),
      () => model.predict(x, { batchSize: count }),
      () => model.fit(x, y, { validationData: [x, y], validationSteps: count }),
      () => model.fit(x, y, { stepsPerEpoch: count }),
      () => model.fit(x, y, { batchSize: count }),
    ]) {
      const error: unknown = await run().catch((e: unknown) => e);
      expect(isEspalierError(error, 'ValueError'), String(error)).toBe(true);
    }
    expect(await weightsOf(model)).toEqual(weights);
  });

  it('is counted: one, some, all', async () => {
    const model = make();
    for (const [steps, expected] of [
      [1, 1],
      [3, 3],
      [99, 5],
      [Number.POSITIVE_INFINITY, 5],
    ] as const) {
      let pulled = 0;
      const batches = function* () {
        for (let i = 0; i < 5; i++) {
          pulled++;
          const { inputs, targets } = { inputs: x.slice(4 * i, 4 * i + 4), targets: y.slice(4 * i, 4 * i + 4) };
          yield { inputs: tensor(inputs), targets: tensor(targets), size: 4 };
        }
      };
      await model.evaluate({ size: 20, batches }, { batchSize: 4, steps });
      expect(pulled).toBe(expected);
    }
  });
});
