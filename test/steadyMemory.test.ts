import { wasm } from '@espalier/backend-wasm';
import { activateBackend, type Model, Sequential } from '@espalier/core';
import { Conv2D, Dense, Dropout, Embedding, Flatten, LSTM, MaxPooling2D } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { engine, ones, removeBackend, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const WARM_UP = 5;
const STEPS = 50;
const BATCH = 8;

interface Example {
  readonly model: () => Model;
  readonly inputs: () => Tensor;
  readonly classes: number;
}

const examples: Record<string, Example> = {
  'a convolutional network': {
    model: () =>
      new Sequential(
        [
          new Conv2D({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 3] }),
          new MaxPooling2D(),
          new Flatten(),
          new Dropout({ rate: 0.2 }),
          new Dense({ units: 10, activation: 'softmax' }),
        ],
        { seed: 1 },
      ),
    inputs: () => ones([BATCH, 12, 12, 3]),
    classes: 10,
  },
  'an LSTM': {
    model: () =>
      new Sequential(
        [
          new Embedding({ inputDim: 20, outputDim: 8, inputShape: [15] }),
          new LSTM({ units: 16 }),
          new Dense({ units: 3, activation: 'softmax' }),
        ],
        { seed: 1 },
      ),
    inputs: () => zeros([BATCH, 15], 'int32'),
    classes: 3,
  },
  'a network of dense layers': {
    model: () =>
      new Sequential(
        [
          new Dense({ units: 64, activation: 'relu', inputShape: [40] }),
          new Dense({ units: 64, activation: 'tanh' }),
          new Dense({ units: 10, activation: 'softmax' }),
        ],
        { seed: 1 },
      ),
    inputs: () => ones([BATCH, 40]),
    classes: 10,
  },
};

/** How many blocks of memory the engine ever asked its allocator for. */
const allocations = () => (engine().backend as unknown as { blocks: { allocations: number } }).blocks.allocations;

describe.each([1, 2])('with %d threads, training asks for no memory once it has what a step needs:', (threads) => {
  test.each(Object.entries(examples))('%s', async (_name, { model: make, inputs, classes }) => {
    if (engine().registry.wasm !== undefined) removeBackend('wasm');
    const info = await activateBackend(wasm({ threads }));
    expect(info.threads).toBe(threads);
    const model = make();
    model.compile({ optimizer: new Adam(), loss: 'categoricalCrossentropy' });
    const batch = { inputs: inputs(), targets: ones([BATCH, classes]), size: BATCH };
    const step = async () => void (await model.trainStep(batch));
    for (let i = 0; i < WARM_UP; i++) await step();
    const before = allocations();
    expect(before).toBeGreaterThan(0);
    for (let i = 0; i < STEPS; i++) await step();
    expect(allocations()).toBe(before);
    model.dispose();
  });
});
