import { cpu } from '@espalier/backend-cpu';
import { activateBackend, modelFromConfig, type Sequential } from '@espalier/core';
import { layerClasses } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { memory, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { lstmClassifier, mnistCnn, models } from '../src/index.js';

beforeAll(async () => {
  await activateBackend(cpu());
});

interface Family {
  readonly name: string;
  /** Small enough for plain JavaScript. */
  make(seed?: number): Sequential;
  readonly loss: 'categoricalCrossentropy' | 'binaryCrossentropy';
  readonly outputShape: readonly (number | null)[];
  inputs(): Tensor;
  targets(): Tensor;
}

const families: readonly Family[] = [
  {
    name: 'mnist-cnn',
    make: (seed) => mnistCnn(seed === undefined ? {} : { seed }),
    loss: 'categoricalCrossentropy',
    outputShape: [null, 10],
    inputs: () => {
      // Two classes that a network can tell apart: ink in the upper half, or in the lower.
      const half = (upper: boolean) => Array.from({ length: 784 }, (_, i) => (i < 392 === upper ? 1 : 0));
      return tensor([...half(true), ...half(false)], [2, 28, 28, 1]);
    },
    targets: () => tensor([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [2, 10]),
  },
  {
    name: 'lstm-classifier',
    make: (seed) => lstmClassifier({ vocabulary: 12, length: 3, ...(seed !== undefined && { seed }) }),
    loss: 'binaryCrossentropy',
    outputShape: [null, 1],
    inputs: () => tensor([1, 2, 3, 4, 5, 6], [2, 3], 'int32'),
    targets: () => tensor([0, 1], [2, 1]),
  },
];

test('every model of the table has a card that is true of it', () => {
  expect(Object.keys(models)).toEqual(families.map(({ name }) => name));
  for (const [name, { card, build }] of Object.entries(models)) {
    expect(card.name).toBe(name);
    const model = build({ seed: 1, name: 'mine' });
    expect(model.countParameters()).toEqual({ total: card.parameters, trainable: card.parameters });
    expect([model.name, model.seed]).toEqual(['mine', 1]);
    expect(build().name).toBe(name);
  }
});

describe.each(families)('$name', ({ make, loss, outputShape, inputs, targets }) => {
  test('gives the output that its card names', () => {
    const model = make(1);
    const inputShape = [null, ...inputs().shape.slice(1)];
    expect(model.computeOutputShape(inputShape)).toEqual(outputShape);
  });

  test('learns two examples, and gives back all memory', async () => {
    const [x, y] = [inputs(), targets()];
    const before = memory().numTensors;
    const model = make(3);
    model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss, metrics: ['accuracy'] });
    const { history } = await model.fit(x, y, { epochs: 8, batchSize: 2 });
    const losses = history.loss!;
    expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.8);
    expect(history.accuracy!.at(-1)).toBe(1);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('is the same again from its config, and the same seed gives the same weights', async () => {
    const model = make(5);
    const config = JSON.parse(JSON.stringify(model.serialize()));
    const again = modelFromConfig(config, layerClasses) as Sequential;
    expect(again.serialize()).toEqual(model.serialize());
    const [one, other] = [await model.predict(inputs()), await again.predict(inputs())];
    expect([...other.dataSync()]).toEqual([...one.dataSync()]);
    const different = await make(6).predict(inputs());
    expect([...different.dataSync()]).not.toEqual([...one.dataSync()]);
  });
});

test('the text classifier takes texts of any length where none is given', async () => {
  const model = lstmClassifier({ vocabulary: 5, embedding: 2, units: 3, seed: 1 });
  const short = await model.predict(tensor([1, 2], [1, 2], 'int32'));
  const long = await model.predict(tensor([1, 2, 3, 4, 1], [1, 5], 'int32'));
  expect([short.shape, long.shape]).toEqual([
    [1, 1],
    [1, 1],
  ]);
});
