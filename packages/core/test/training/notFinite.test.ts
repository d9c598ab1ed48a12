import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  ArrayDataset,
  activateBackend,
  type Callback,
  type Dataset,
  EarlyStopping,
  isEspalierError,
  LambdaCallback,
  listCheckpoints,
  type Metric,
  ModelCheckpoint,
  memoryStorage,
  ReduceLROnPlateau,
  Sequential,
  weightsOf,
} from '@espalier/core';
import { BatchNormalization, Dense } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import { memory, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const x = [[1], [1], [1], [1]];
const y = [[0], [0], [0], [0]];

/** The gradient of the weight is 2, so that a step leaves the largest float32 behind. */
function exploding(): Sequential {
  const model = new Sequential([new Dense({ units: 1, useBias: false, inputShape: [1] })], { seed: 1 });
  model.compile({ optimizer: new SGD({ learningRate: 3e38 }), loss: 'mse' });
  model.initialize();
  model.parameters().get('dense/kernel')!.assign(Float32Array.of(1));
  return model;
}

async function refused(run: Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await run.catch((e: unknown) => e);
  expect(isEspalierError(error, 'TrainingError'), String(error)).toBe(true);
  expect(String(error)).toMatch(message);
}

describe.each([cpu(), wasm({ threads: 1 })])('on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it('weights that the last step spoils end fit with an error that names them', async () => {
    const before = memory().numTensors;
    for (const options of [
      { batchSize: 4 },
      { batchSize: 1, stepsPerEpoch: 1 },
      {
        batchSize: 4,
        epochs: 9,
        callbacks: [
          new LambdaCallback({
            onEpochEnd() {
              (this as Callback).model.stopTraining = true;
            },
          }),
        ],
      },
      {
        batchSize: 2,
        epochs: 9,
        callbacks: [
          new LambdaCallback({
            onTrainBatchEnd() {
              (this as Callback).model.stopTraining = true;
            },
          }),
        ],
      },
    ]) {
      const model = exploding();
      await refused(
        model.fit(x, y, options),
        /dense\/kernel: the weights are no longer finite[\s\S]*-Infinity at index 0/,
      );
      model.dispose();
    }
    expect(memory().numTensors).toBe(before);
  });

  it('a loss that is not finite is an error that names the parameters whose gradients were not', async () => {
    const made = (weight: number) => {
      const model = new Sequential([new Dense({ units: 1, inputShape: [1] })], { seed: 1 });
      model.compile({ optimizer: new SGD({ learningRate: 1e-3 }), loss: 'mse' });
      model.initialize();
      model.parameters().get('dense/kernel')!.assign(Float32Array.of(weight));
      return model;
    };
    const spoilt = [[1], [Number.NaN], [1], [1]];
    const named = /the loss is NaN[\s\S]*no finite weights or gradients in dense\/kernel, dense\/bias/;
    for (const epochs of [1, 2]) await refused(made(1).fit(spoilt, y, { epochs }), named);
    const batch = { inputs: tensor(spoilt), targets: tensor(y), size: 4 };
    await refused(made(1).trainStep(batch), named);
    const finite = /the loss is Infinity[\s\S]*weights that are all finite/;
    for (const epochs of [1, 2]) await refused(made(1e30).fit(x, y, { epochs }), finite);
  });

  it('also where the size of the data is not known', async () => {
    const data = new ArrayDataset({
      inputs: { data: Float32Array.from(x.flat()), shape: [1] },
      targets: { data: Float32Array.from(y.flat()), shape: [1] },
    });
    const endless: Dataset = { size: undefined, batches: (plan) => data.batches(plan) };
    await refused(exploding().fit(endless, { batchSize: 4 }), /dense\/kernel: the weights are no longer finite/);
  });

  it('a step that would start from them ends it too, as does evaluate', async () => {
    await refused(
      exploding().fit(x, y, { batchSize: 2, epochs: 2 }),
      /fit, epoch 1, step 2: the loss is (NaN|Infinity)/,
    );
    const model = exploding();
    const batch = { inputs: tensor(x), targets: tensor(y), size: 4 };
    expect((await model.trainStep(batch)).loss).toBe(1);
    await refused(model.trainStep(batch), /trainStep: the loss is/);
    await refused(model.evaluate(x, y), /evaluate: the loss is (NaN|Infinity)/);
    expect((await model.predict(x)).dataSync().every((value) => !Number.isFinite(value))).toBe(true);
  });

  it('a validation loss that is not finite is an error that names the validation', async () => {
    const model = exploding();
    model.optimizer.learningRate = 0.1;
    await refused(
      model.fit(x, y, { epochs: 2, validationData: [[[Number.NaN]], [[0]]] }),
      /fit, validation after epoch 1: the loss is NaN/,
    );
    // Training itself went well.
    expect([...(await weightsOf(model)).values()].every(({ data }) => Number.isFinite(data[0]))).toBe(true);
  });

  it('NaN in inputs, targets or weights of examples shows in the first step', async () => {
    const nan = [[1], [1], [1], [Number.NaN]];
    const mild = () => {
      const model = exploding();
      model.optimizer.learningRate = 0.01;
      return model;
    };
    await refused(mild().fit(nan, y), /step 1: the loss is NaN/);
    await refused(mild().fit(x, nan), /step 1: the loss is NaN/);
    await refused(mild().fit(x, y, { sampleWeight: nan.flat() }), /step 1: the loss is NaN/);
    await refused(mild().fit(x, [[Number.POSITIVE_INFINITY], [0], [0], [0]]), /step 1: the loss is Infinity/);
  });

  it('no checkpoint of such weights takes the place of a good one, and the best ones come back', async () => {
    const storage = memoryStorage();
    const model = exploding();
    model.optimizer.learningRate = 0.1;
    const spoil = new LambdaCallback({
      onEpochBegin(epoch) {
        if (epoch === 2) model.optimizer.learningRate = 3e38;
      },
    });
    const best = new EarlyStopping({ monitor: 'loss', patience: 9, restoreBestWeights: true });
    const callbacks: Callback[] = [spoil, best, new ModelCheckpoint({ storage, keep: 1 })];
    await refused(model.fit(x, y, { epochs: 3, callbacks }), /no longer finite|not finite|NaN|Infinity/);
    const [id] = await listCheckpoints(storage);
    expect(id).toMatch(/epoch0002/);
    expect([...(await weightsOf(model)).values()].every(({ data }) => Number.isFinite(data[0]))).toBe(true);
    model.optimizer.learningRate = 0.1;
    await model.fit(x, y);
  });

  it('weights that the last step of the best epoch spoiled are not what is put back', async () => {
    const model = exploding();
    model.optimizer.learningRate = 0.1;
    const best = new EarlyStopping({ monitor: 'loss', patience: 9, restoreBestWeights: true });
    const spoil = new LambdaCallback({
      onEpochBegin(epoch) {
        if (epoch === 1) model.optimizer.learningRate = 3e38;
      },
    });
    await refused(model.fit(x, y, { epochs: 3, callbacks: [spoil, best] }), /epoch 3, step 1: the loss is/);
    expect(best.bestEpoch).toBe(0);
    expect([...(await weightsOf(model)).values()].map(({ data }) => data[0])).toEqual([Math.fround(0.8)]);
  });

  it('statistics of a layer count as well', async () => {
    const model = new Sequential([new BatchNormalization({ inputShape: [1] }), new Dense({ units: 1 })], { seed: 1 });
    model.compile({ optimizer: new SGD(), loss: 'mse' });
    const spoil = new LambdaCallback({
      onTrainBatchBegin: () =>
        model.parameters().get('batch_normalization/movingMean')!.assign(Float32Array.of(Number.NaN)),
    });
    await refused(model.fit(x, y, { callbacks: [spoil] }), /movingMean: the weights are no longer finite/);
  });
});

describe('a metric that is not a number', () => {
  beforeAll(async () => void (await activateBackend(cpu())));

  /** NaN, then what is given, epoch by epoch. */
  function model(values: readonly number[]): Sequential {
    let epoch = 0;
    const odd: Metric = {
      name: 'oddLoss',
      statisticsSize: 1,
      statistics: () => tensor1d([0]),
      result: () => values[epoch] ?? Number.NaN,
      serialize: () => ({ className: 'Odd', config: {} }),
    } as Metric;
    const made = new Sequential([new Dense({ units: 1, inputShape: [1] })], { seed: 1 });
    made.compile({ optimizer: new SGD({ learningRate: 0.5 }), loss: 'mse', metrics: [odd] });
    const { fit } = made;
    made.fit = ((...[a, b, options]: [number[][], number[][], { callbacks?: Callback[] }]) =>
      fit.call(made, a, b, {
        ...options,
        callbacks: [
          new LambdaCallback({
            onEpochBegin(at) {
              epoch = at;
            },
          }),
          ...(options.callbacks ?? []),
        ],
      })) as typeof made.fit;
    return made;
  }
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  it('is never the best, and counts as no progress', async () => {
    const stop = new EarlyStopping({ monitor: 'oddLoss', patience: 3 });
    const { history } = await model([...odd, 5]).fit(x, y, { epochs: 9, callbacks: [stop] });
    expect(history.oddLoss).toEqual(odd);
    expect(stop.best).toBeUndefined();
    const patient = new EarlyStopping({ monitor: 'oddLoss', patience: 5 });
    await model([...odd, 5, 4]).fit(x, y, { epochs: 5, callbacks: [patient] });
    expect([patient.best, patient.bestEpoch]).toEqual([4, 4]);
  });

  it('reduces the rate as any value that is no better', async () => {
    const made = model(odd);
    const reduce = new ReduceLROnPlateau({ monitor: 'oddLoss', patience: 3, factor: 0.5 });
    await made.fit(x, y, { epochs: 3, callbacks: [reduce] });
    expect(made.optimizer.learningRate).toBe(0.25);
  });

  it('is not saved for, and a run that saved nothing for that reason says so', async () => {
    const storage = memoryStorage();
    const options = { storage, saveBestOnly: true, monitor: 'oddLoss' };
    await refused(
      model(odd).fit(x, y, { epochs: 3, callbacks: [new ModelCheckpoint(options)] }),
      /ModelCheckpoint: 'oddLoss' was never a finite number/,
    );
    expect(await listCheckpoints(storage)).toEqual([]);
    await model([...odd, 2]).fit(x, y, { epochs: 4, callbacks: [new ModelCheckpoint(options)] });
    expect(await listCheckpoints(storage)).toHaveLength(1);
  });
});
