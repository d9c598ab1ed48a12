import { Sequential } from '@espalier/core';
import { BatchNormalization, Dense, Dropout } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';

/** Thirty points that a small network separates, and ten more to validate on. */
export const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i * 1.3), (i % 7) / 7]);
/** Their classes. */
export const y = x.map(([a, b]) => [a! + b! > 0 ? 1 : 0]);
/** How to train on them: 8 steps an epoch. */
export const data = { batchSize: 4, validationSplit: 0.25 };

/** A model with all that a resumed run must bring back: state, dropout, slots. */
export function makeModel(learningRate = 0.05): Sequential {
  const model = new Sequential(
    [
      new Dense({ units: 6, activation: 'relu', inputShape: [3] }),
      new BatchNormalization(),
      new Dropout({ rate: 0.3 }),
      new Dense({ units: 1, activation: 'sigmoid' }),
    ],
    { seed: 7 },
  );
  model.compile({ optimizer: new Adam({ learningRate }), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}
