import { cpu } from '@espalier/backend-cpu';
import { ArrayDataset, activateBackend, isEspalierError, Sequential } from '@espalier/core';
import { Dense, Embedding, Flatten } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import { tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

const SIZE = 40;
const x = Array.from({ length: SIZE }, (_, i) => [i, 1]);
const labels = (bad: number, value: number) => x.map((_, i) => (i === bad ? value : i % 3));

function classifier(seed = 1): Sequential {
  const model = new Sequential([new Dense({ units: 3, activation: 'softmax', inputShape: [2] })], { seed });
  model.compile({ optimizer: new SGD(), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

async function messageOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.catch((e: unknown) => e);
  expect(isEspalierError(error, 'DataError'), String(error)).toBe(true);
  return String(error);
}

describe('a bad label is named by its example in the data, whatever the order', () => {
  it.each([0, 17, SIZE - 1])('at %d', async (bad) => {
    for (const seed of [1, 2, 3]) {
      for (const shuffle of [true, false]) {
        const message = await messageOf(classifier(seed).fit(x, labels(bad, 7), { batchSize: 8, shuffle }));
        expect(message).toContain(`label 7 at example ${bad} of the data`);
        expect(message).toMatch(/fit, epoch 1, step \d/);
      }
    }
  });

  it('in arrays, tensors and data sets alike', async () => {
    const y = labels(23, -1);
    const data = new ArrayDataset({
      inputs: { data: Float32Array.from(x.flat()), shape: [2] },
      targets: { data: Int32Array.from(y), shape: [] },
    });
    for (const run of [
      () => classifier().fit(x, y),
      () => classifier().fit(tensor(x), tensor(y)),
      () => classifier().fit(x, Int32Array.from(y)),
      () => classifier().fit(data),
      () => classifier().fit(x, y, { classWeight: { 0: 2 } }),
    ]) {
      expect(await messageOf(run())).toContain('label -1 at example 23 of the data');
    }
  });

  it('of a data set that does not say which, by its place in the batch', async () => {
    const batches = () => [{ inputs: tensor(x.slice(0, 4)), targets: tensor([0, 1, 9, 2]), size: 4 }];
    expect(await messageOf(classifier().fit({ size: 4, batches }))).toContain('label 9 at position 2 of the batch');
  });

  it('in validation data, which is named', async () => {
    const good = labels(0, 0);
    const bad = await messageOf(classifier().fit(x, good, { validationData: [x, labels(31, 3)] }));
    expect(bad).toMatch(/fit, validation after epoch 1, step \d: label 3 at example 31 of the data/);
    // A part of x and y keeps its place in them.
    const split = await messageOf(classifier().fit(x, labels(SIZE - 2, 5), { validationSplit: 0.25 }));
    expect(split).toMatch(/fit, validation after epoch 1, step \d: label 5 at example 38 of the data/);
    expect(await messageOf(classifier().evaluate(x, labels(9, 5)))).toMatch(/evaluate, step 1: label 5 at example 9/);
  });

  it('in targets of several numbers, with the place in the example', async () => {
    const model = new Sequential(
      [new Embedding({ inputDim: 5, outputDim: 2, inputShape: [4] }), new Dense({ units: 3, activation: 'softmax' })],
      { seed: 1 },
    );
    model.compile({ optimizer: new SGD(), loss: 'sparseCategoricalCrossentropy' });
    const ids = Array.from({ length: 12 }, () => [0, 1, 2, 3]);
    const tags = ids.map((_, i) => [0, 1, 2, i === 10 ? 3 : 0]);
    expect(await messageOf(model.fit(ids, tags, { batchSize: 5 }))).toContain('label 3 at example 10 of the data [3]');
  });

  it('of two classes', async () => {
    const model = new Sequential([new Flatten({ inputShape: [2] }), new Dense({ units: 2, activation: 'sigmoid' })], {
      seed: 1,
    });
    model.compile({ optimizer: new SGD(), loss: 'binaryCrossentropy' });
    const y = x.map((_, i) => [0, i === 33 ? 2 : 1]);
    expect(await messageOf(model.fit(x, y, { batchSize: 8 }))).toContain('label 2 at example 33 of the data [1]');
  });
});
