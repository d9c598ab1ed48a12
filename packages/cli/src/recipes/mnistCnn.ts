import { mnist, toCategorical } from '@espalier/datasets';
import { mnistCnn as buildModel } from '@espalier/models-zoo';
import { Adam, exponentialDecay } from '@espalier/optimizers';
import { digitInput } from '../inputs/digitInput.js';
import { type Digit, digitOf, type Picture, SIDE } from '../inputs/digitOf.js';
import type { LabelledExamples, Recipe } from './Recipe.js';
import { seeing } from './Seen.js';

/** The steps in which the learning rate halves: two epochs. */
const HALF_LIFE = 3750;

const PIXELS = SIDE * SIDE;

const see = seeing(digitOf);

/**
 * A convolutional network on MNIST. The rate begins at twice Adam's default, which the first epoch gains by, and falls
 * by steps alone, so that later epochs gain too and a run made longer is the run that was longer from the start.
 */
export const mnistCnn: Recipe<Picture, Digit> = {
  name: 'mnist-cnn',
  title: 'A convolutional network on the handwritten digits of MNIST',
  dataset: 'mnist',
  defaults: { epochs: 10, batchSize: 32, learningRate: 0.002, seed: 0 },
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  input: digitInput,
  sampleInput: 'digit.png',
  see,
  async load({ limitTrain, limitTest, signal }) {
    const { raw } = await mnist({ signal });
    return { train: seen(raw.train, limitTrain), test: seen(raw.test, limitTest) };
  },
  model: ({ seed }) => buildModel({ seed }),
  optimizer: (initialLearningRate) =>
    new Adam({ learningRate: exponentialDecay({ initialLearningRate, decaySteps: HALF_LIFE, decayRate: 0.5 }) }),
  encode(digits) {
    const data = new Uint8Array(digits.length * PIXELS);
    digits.forEach((digit, i) => {
      data.set(digit.data, i * PIXELS);
    });
    return { data, shape: [SIDE, SIDE, 1], scale: 1 / 255 };
  },
  targets: (labels) => toCategorical(Uint8Array.from(labels), 10),
  decode: (output) => Array.from(output),
};

function seen(
  { images, labels }: { readonly images: Uint8Array; readonly labels: Uint8Array },
  limit: number | null | undefined,
): LabelledExamples<Digit> {
  const length = Math.min(limit ?? labels.length, labels.length);
  const examples = Array.from({ length }, (_, i) =>
    see({ width: SIDE, height: SIDE, channels: 1, data: images.subarray(i * PIXELS, (i + 1) * PIXELS) }),
  );
  return { examples, labels: labels.subarray(0, length) };
}
