import { type Model, Sequential } from '@espalier/core';
import { Conv2D, Dense, Flatten, MaxPooling2D } from '@espalier/layers';
import { lstmClassifier, mnistCnn } from '@espalier/models-zoo';
import { VOCABULARY, type WorkloadName } from '../workloads.js';
import { mobileNetV2 } from './mobileNetV2.js';
import { transformer } from './transformer.js';

const conv = (filters: number, inputShape?: number[]) =>
  new Conv2D({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...(inputShape && { inputShape }) });

/** The models as one writes them with Espalier. */
export const models: Record<WorkloadName, () => Model> = {
  cnn: () => mnistCnn({ seed: 1 }),
  lstm: () => lstmClassifier({ vocabulary: VOCABULARY, seed: 1 }),
  mlp: () =>
    new Sequential(
      [
        new Dense({ units: 512, activation: 'relu', inputShape: [784] }),
        new Dense({ units: 512, activation: 'relu' }),
        new Dense({ units: 10, activation: 'softmax' }),
      ],
      { seed: 1 },
    ),
  cifar: () =>
    new Sequential(
      [
        conv(32, [32, 32, 3]),
        conv(32),
        new MaxPooling2D(),
        conv(64),
        conv(64),
        new MaxPooling2D(),
        new Flatten(),
        new Dense({ units: 256, activation: 'relu' }),
        new Dense({ units: 10, activation: 'softmax' }),
      ],
      { seed: 1 },
    ),
  transformer,
  mobilenet: mobileNetV2,
};
