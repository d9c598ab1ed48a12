import { ArrayDataset } from '@espalier/core';
import { mnist } from '@espalier/datasets';
import { mnistCnn as buildModel } from '@espalier/models-zoo';
import { Adam, exponentialDecay } from '@espalier/optimizers';
import { digitAt, digitInput } from '../inputs/digitInput.js';
import type { GreyImage } from '../terminal/drawImage.js';
import { firstExamples } from './firstExamples.js';
import type { Recipe } from './Recipe.js';

/** The steps in which the learning rate halves: two epochs. */
const HALF_LIFE = 3750;

/**
 * A convolutional network on MNIST. The rate begins at twice Adam's default, which the first epoch gains by, and falls
 * by steps alone, so that later epochs gain too and a run made longer is the run that was longer from the start.
 */
export const mnistCnn: Recipe<GreyImage> = {
  name: 'mnist-cnn',
  title: 'A convolutional network on the handwritten digits of MNIST',
  dataset: 'mnist',
  defaults: { epochs: 10, batchSize: 32, learningRate: 0.002, seed: 0 },
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  input: digitInput,
  sampleInput: 'digit.png',
  async data({ limitTrain, limitTest, signal }) {
    const { train, test, raw } = await mnist({ signal });
    const limited = limitTest === undefined ? test : test.take(limitTest);
    return {
      train: limitTrain === undefined ? train : train.take(limitTrain),
      test: limited,
      examples: firstExamples(limited.size, (i) => ({
        example: digitAt(raw.test.images, i),
        label: raw.test.labels[i]!,
      })),
    };
  },
  model: ({ seed }) => buildModel({ seed }),
  optimizer: (initialLearningRate) =>
    new Adam({ learningRate: exponentialDecay({ initialLearningRate, decaySteps: HALF_LIFE, decayRate: 0.5 }) }),
  encode(images) {
    const size = 28 * 28;
    const data = new Float32Array(images.length * size);
    images.forEach((image, i) => {
      data.set(image.pixels, i * size);
    });
    return new ArrayDataset({ inputs: { data, shape: [28, 28, 1] } });
  },
  decode: (output) => Array.from(output),
};
