import {
  BinaryCrossentropy,
  batchNormalization,
  CategoricalCrossentropy,
  groupNormalization,
  layerNormalization,
  logSoftmax,
  rmsNormalization,
  SparseCategoricalCrossentropy,
} from '@espalier/core';
import { softmax } from '@tensorflow/tfjs-core';
import { type Case, made, testRanges, wholes } from './divided.js';

const logits = { fromLogits: true };
const distributions = () => softmax(made([37, 11], 7));

testRanges(
  'normalisation and losses',
  // biome-ignore format: kernels by family
  [
    'softmax', 'softmaxGrad', 'crossentropy', 'crossentropyGrad', 'binaryCrossentropy', 'binaryCrossentropyGrad',
    'batchMoments', 'batchCombine', 'batchScale', 'batchGradSums', 'batchGradCombine', 'batchGradScale',
    'groupNorm', 'groupNormGrad', 'sumBlocks',
  ],
  [
    ['softmax', [[37, 11]], (x) => softmax(x!)],
    ['logSoftmax', [[5, 300]], (x) => logSoftmax(x!)],
    ['crossentropy', [[37, 11]], (x) => new CategoricalCrossentropy(logits).values(distributions(), x!)],
    [
      'crossentropy of probabilities',
      [[37, 11]],
      (x) => new CategoricalCrossentropy({ labelSmoothing: 0.1 }).values(distributions(), softmax(x!)),
    ],
    [
      'crossentropy of labels',
      [[37, 11]],
      (x) => new SparseCategoricalCrossentropy(logits).values(wholes([37], 11), x!),
    ],
    ['binary crossentropy', [[37, 11]], (x) => new BinaryCrossentropy(logits).values(distributions(), x!)],
    ...[1, 3, 4, 17, 35].flatMap((c): Case[] => [
      [`batchNormalization of ${c}`, [[19, 40, c], [c], [c]], (x, gamma, beta) => batchNormalization(x!, gamma, beta)],
      [
        `groupNormalization of 2 times ${c}`,
        [[9, 5, 2 * c], [2 * c], [2 * c]],
        (x, gamma, beta) => groupNormalization(x!, gamma, beta, { groups: 2 }),
      ],
    ]),
    ['layerNormalization', [[300, 13], [13], [13]], (x, gamma, beta) => layerNormalization(x!, gamma, beta)],
    ['rmsNormalization', [[300, 13], [13]], (x, gamma) => rmsNormalization(x!, gamma)],
  ],
);
