import { cpu } from '@espalier/backend-cpu';
import { activateBackend, EarlyStopping, Functional, input, type MetricSpec, modelFromConfig } from '@espalier/core';
import { Add, Concatenate, Dense, layerClasses } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import { type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await activateBackend(cpu())));

function twoInTwoOut() {
  const left = input({ shape: [3], name: 'left' });
  const right = input({ shape: [2], name: 'right' });
  const joined = new Concatenate().apply([left, right]);
  const label = new Dense({ units: 4, activation: 'softmax', name: 'label' }).apply(joined);
  const score = new Dense({ units: 1, name: 'score' }).apply(joined);
  return new Functional({ inputs: [left, right], outputs: [label, score], seed: 2 });
}

const x = {
  left: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  right: Float32Array.from({ length: 16 }, (_, i) => Math.cos(i)),
};
const inputs = [
  { data: x.left, shape: [3] },
  { data: x.right, shape: [2] },
];
const targets = [
  { data: Float32Array.from({ length: 32 }, (_, i) => Number(i % 4 === Math.floor(i / 4) % 4)), shape: [4] },
  { data: Float32Array.from({ length: 8 }, (_, i) => i / 8), shape: [1] },
];

describe('Functional', () => {
  it('takes several inputs and trains several outputs with their own losses and metrics', async () => {
    const model = twoInTwoOut();
    model.compile({
      optimizer: new SGD({ learningRate: 0.1 }),
      loss: ['categoricalCrossentropy', 'meanSquaredError'],
      metrics: [['accuracy'], ['meanAbsoluteError']],
      lossWeights: [1, 0.5],
    });
    const { history } = await model.fit(inputs, targets, { epochs: 30, batchSize: 4 });
    expect(Object.keys(history)).toEqual(['loss', 'label_accuracy', 'score_meanAbsoluteError']);
    expect(history['loss']!.at(-1)).toBeLessThan(history['loss']![0]! * 0.9);
    const outputs = await model.predict(inputs);
    expect(outputs.map((tensor: Tensor) => tensor.shape)).toEqual([
      [8, 4],
      [8, 1],
    ]);
  });

  it('tells callbacks the names that the logs of several outputs have', async () => {
    const model = twoInTwoOut();
    model.compile({
      optimizer: new SGD(),
      loss: ['categoricalCrossentropy', 'meanSquaredError'],
      metrics: [['accuracy'], ['meanAbsoluteError']],
    });
    const stop = new EarlyStopping({ monitor: 'valScore_meanAbsoluteError' });
    const { history } = await model.fit(inputs, targets, { validationData: [inputs, targets], callbacks: [stop] });
    expect(stop.best).toBe(history.valScore_meanAbsoluteError![0]);
  });

  it('numbers the outputs of one layer in the logs', async () => {
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const shared = new Dense({ units: 1, name: 'shared' });
    const model = new Functional({ inputs: [a, b], outputs: [shared.apply(a), shared.apply(b)] });
    model.compile({ optimizer: new SGD(), loss: ['mse', 'mse'], metrics: [['mae'], ['mae']] });
    const pair = { data: Float32Array.of(1, 2), shape: [2] };
    const logs = await model.evaluate([pair, pair], [Float32Array.of(1), Float32Array.of(2)]);
    expect(Object.keys(logs)).toEqual(['loss', 'shared_mae', 'shared_1_mae']);
  });

  it('refuses metrics that do not say which output they are for', () => {
    const loss = ['categoricalCrossentropy', 'mse'] as const;
    const compile = (metrics: MetricSpec[] | MetricSpec[][]) => () =>
      twoInTwoOut().compile({ optimizer: new SGD(), loss, metrics });
    expect(compile(['mae'])).toThrow(/metrics and losses differ in number/);
    expect(compile([['accuracy']])).toThrow(/metrics and losses differ in number/);
    expect(compile([[], ['mae', 'mae']])).toThrow(/two figures are named 'score_mae'/);
    expect(compile([])).not.toThrow();
  });

  it('may put out its own input', async () => {
    const x = input({ shape: [2] });
    const model = new Functional({ inputs: x, outputs: [x, new Dense({ units: 1 }).apply(x)], seed: 1 });
    const [same] = await model.predict([[1, 2]]);
    expect([...same!.dataSync()]).toEqual([1, 2]);
    model.compile({ optimizer: new SGD(), loss: ['mse', 'mse'] });
    const batch = { inputs: tensor2d([[1, 2]]), targets: [tensor2d([[1, 2]]), tensor2d([[1]])], size: 1 };
    await model.trainStep(batch);
    expect(batch.inputs.isDisposed).toBe(false);
  });

  it('shares a layer that is applied twice', async () => {
    const a = input({ shape: [2] });
    const b = input({ shape: [2] });
    const shared = new Dense({ units: 2, name: 'shared' });
    const model = new Functional({ inputs: [a, b], outputs: new Add().apply([shared.apply(a), shared.apply(b)]) });
    expect([...model.parameters().keys()]).toEqual(['shared/kernel', 'shared/bias']);
    const y = await model.predict([
      { data: Float32Array.of(1, 2), shape: [2] },
      { data: Float32Array.of(-1, -2), shape: [2] },
    ]);
    for (const value of y.dataSync()) expect(value).toBeCloseTo(0, 6);
  });

  it('is made again from its config', async () => {
    const model = twoInTwoOut();
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.serialize())), layerClasses);
    expect(again.summary()).toBe(model.summary());
    const [before, after] = [await model.predict(inputs), (await again.predict(inputs)) as Tensor[]];
    after.forEach((tensor, i) => void expect(tensor.dataSync()).toEqual(before[i]!.dataSync()));
  });

  it('names the input that was not listed', () => {
    const a = input({ shape: [2], name: 'a' });
    const b = input({ shape: [2], name: 'b' });
    const joined = new Concatenate().apply([a, b]);
    expect(() => new Functional({ inputs: a, outputs: joined })).toThrow(/not listed: b/);
  });

  it('is nested like a layer', async () => {
    const inner = twoInTwoOut();
    const left = input({ shape: [3] });
    const right = input({ shape: [2] });
    const [label] = inner.applySymbolic([left, right]) as ReturnType<typeof input>[];
    const outer = new Functional({ inputs: [left, right], outputs: new Dense({ units: 2 }).apply(label!), seed: 4 });
    expect([...outer.parameters().keys()]).toContain('functional/label/kernel');
    expect((await outer.predict(inputs)).shape).toEqual([8, 2]);
  });
});
