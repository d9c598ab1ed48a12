import { cpu } from '@espalier/backend-cpu';
import { Functional, input, modelFromConfig, useBackend } from '@espalier/core';
import { Add, Concatenate, Dense, layerClasses } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await useBackend(cpu())));

function twoInTwoOut() {
  const left = input({ shape: [3], name: 'left' });
  const right = input({ shape: [2], name: 'right' });
  const joined = new Concatenate().apply([left, right]);
  const label = new Dense({ units: 4, activation: 'softmax', name: 'label' }).apply(joined);
  const score = new Dense({ units: 1, name: 'score' }).apply(joined);
  return new Functional({ inputs: [left, right], outputs: [label, score], seed: 2 });
}

const x = { left: Float32Array.from({ length: 24 }, Math.sin), right: Float32Array.from({ length: 16 }, Math.cos) };
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
    expect(Object.keys(history)).toEqual(['loss', 'output0_accuracy', 'output1_meanAbsoluteError']);
    expect(history['loss']!.at(-1)).toBeLessThan(history['loss']![0]! * 0.9);
    const outputs = await model.predict(inputs);
    expect(outputs.map((tensor: Tensor) => tensor.shape)).toEqual([
      [8, 4],
      [8, 1],
    ]);
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
