import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  BinaryCrossentropy,
  CategoricalCrossentropy,
  EarlyStopping,
  isEspalierError,
  ModelCheckpoint,
  memoryStorage,
  ReduceLROnPlateau,
} from '@espalier/core';
import {
  BatchNormalization,
  Dropout,
  LayerNormalization,
  MultiHeadAttention,
  RMSNormalization,
} from '@espalier/layers';
import {
  Adam,
  AdamW,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  constant,
  cosineDecay,
  exponentialDecay,
  Lion,
  RMSprop,
  SGD,
} from '@espalier/optimizers';
import { beforeAll, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

const TINY = 2 ** -1074;
const BELOW_1 = 1 - 2 ** -53;
const ABOVE_1 = 1 + 2 ** -52;
const LARGEST = Number.MAX_VALUE;

/** What the documentation says of an option: the values at both ends, and those just beyond. */
const RANGES = {
  '0 to below 1': { inside: [0, TINY, BELOW_1], outside: [-TINY, 1, ABOVE_1] },
  '0 to 1': { inside: [0, TINY, BELOW_1, 1], outside: [-TINY, ABOVE_1] },
  'between 0 and 1': { inside: [TINY, BELOW_1], outside: [0, 1, -TINY, ABOVE_1] },
  'at least 0': { inside: [0, TINY, LARGEST], outside: [-TINY, -1] },
  'above 0': { inside: [TINY, LARGEST], outside: [0, -TINY] },
  'whole, at least 0': { inside: [0, 1, 2 ** 53], outside: [-1, 0.5] },
  'whole, at least 1': { inside: [1, 2, 2 ** 53], outside: [0, -1, 1.5] },
} as const;

type Row = [what: string, range: keyof typeof RANGES, make: (value: number) => unknown];
const learningRates: Row[] = [SGD, RMSprop, Adam, AdamW, Lion].map((Class) => [
  `${Class.name}, learningRate`,
  'at least 0',
  (learningRate) => new Class({ learningRate }),
]);
const storage = memoryStorage();
const rows: Row[] = [
  ...learningRates,
  ['SGD, momentum', '0 to below 1', (momentum) => new SGD({ momentum })],
  ['RMSprop, momentum', '0 to below 1', (momentum) => new RMSprop({ momentum })],
  ['RMSprop, rho', '0 to below 1', (rho) => new RMSprop({ rho })],
  ['RMSprop, epsilon', 'at least 0', (epsilon) => new RMSprop({ epsilon })],
  ['Adam, beta1', '0 to below 1', (beta1) => new Adam({ beta1 })],
  ['Adam, beta2', '0 to below 1', (beta2) => new Adam({ beta2 })],
  ['Adam, epsilon', 'at least 0', (epsilon) => new Adam({ epsilon })],
  ['AdamW, weightDecay', 'at least 0', (weightDecay) => new AdamW({ weightDecay })],
  ['Lion, beta1', '0 to below 1', (beta1) => new Lion({ beta1 })],
  ['Lion, beta2', '0 to below 1', (beta2) => new Lion({ beta2 })],
  ['Lion, weightDecay', 'at least 0', (weightDecay) => new Lion({ weightDecay })],
  ['clipByNorm', 'above 0', (norm) => clipByNorm(new SGD(), { norm })],
  ['clipByGlobalNorm', 'above 0', (norm) => clipByGlobalNorm(new SGD(), { norm })],
  ['clipByValue', 'above 0', (value) => clipByValue(new SGD(), { value })],
  ['constant', 'at least 0', (learningRate) => constant({ learningRate })],
  ['cosineDecay, rate', 'at least 0', (initialLearningRate) => cosineDecay({ initialLearningRate, decaySteps: 1 })],
  ['cosineDecay, decaySteps', 'above 0', (decaySteps) => cosineDecay({ initialLearningRate: 1, decaySteps })],
  ['cosineDecay, alpha', 'at least 0', (alpha) => cosineDecay({ initialLearningRate: 1, decaySteps: 1, alpha })],
  [
    'cosineDecay, warmupTarget',
    'at least 0',
    (warmupTarget) => cosineDecay({ initialLearningRate: 1, decaySteps: 1, warmupTarget }),
  ],
  [
    'cosineDecay, warmupSteps',
    'at least 0',
    (warmupSteps) => cosineDecay({ initialLearningRate: 1, decaySteps: 1, warmupSteps }),
  ],
  [
    'exponentialDecay, rate',
    'at least 0',
    (initialLearningRate) => exponentialDecay({ initialLearningRate, decaySteps: 1, decayRate: 1 }),
  ],
  [
    'exponentialDecay, decaySteps',
    'above 0',
    (decaySteps) => exponentialDecay({ initialLearningRate: 1, decaySteps, decayRate: 1 }),
  ],
  [
    'exponentialDecay, decayRate',
    'at least 0',
    (decayRate) => exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate }),
  ],
  ['EarlyStopping, patience', 'whole, at least 0', (patience) => new EarlyStopping({ patience })],
  ['EarlyStopping, startFromEpoch', 'whole, at least 0', (startFromEpoch) => new EarlyStopping({ startFromEpoch })],
  ['ReduceLROnPlateau, factor', 'between 0 and 1', (factor) => new ReduceLROnPlateau({ factor })],
  ['ReduceLROnPlateau, patience', 'whole, at least 0', (patience) => new ReduceLROnPlateau({ patience })],
  ['ReduceLROnPlateau, cooldown', 'whole, at least 0', (cooldown) => new ReduceLROnPlateau({ cooldown })],
  ['ReduceLROnPlateau, minLr', 'at least 0', (minLr) => new ReduceLROnPlateau({ minLr })],
  ['ModelCheckpoint, keep', 'whole, at least 1', (keep) => new ModelCheckpoint({ storage, keep })],
  ['ModelCheckpoint, saveFreq', 'whole, at least 1', (saveFreq) => new ModelCheckpoint({ storage, saveFreq })],
  ['BatchNormalization, momentum', '0 to 1', (momentum) => new BatchNormalization({ momentum })],
  ['BatchNormalization, epsilon', 'at least 0', (epsilon) => new BatchNormalization({ epsilon })],
  ['LayerNormalization, epsilon', 'at least 0', (epsilon) => new LayerNormalization({ epsilon })],
  ['RMSNormalization, epsilon', 'at least 0', (epsilon) => new RMSNormalization({ epsilon })],
  ['Dropout, rate', '0 to below 1', (rate) => new Dropout({ rate })],
  [
    'MultiHeadAttention, dropout',
    '0 to below 1',
    (dropout) => new MultiHeadAttention({ numHeads: 1, keyDim: 1, dropout }),
  ],
  ['BinaryCrossentropy, labelSmoothing', '0 to 1', (labelSmoothing) => new BinaryCrossentropy({ labelSmoothing })],
  [
    'CategoricalCrossentropy, labelSmoothing',
    '0 to 1',
    (labelSmoothing) => new CategoricalCrossentropy({ labelSmoothing }),
  ],
];

it.each(rows)('%s takes %s, both ends as documented', (_, range, make) => {
  const { inside, outside } = RANGES[range];
  for (const value of inside) expect(() => make(value), String(value)).not.toThrow();
  for (const value of [...outside, Number.NaN, Number.NEGATIVE_INFINITY]) {
    let error: unknown;
    try {
      make(value);
    } catch (thrown) {
      error = thrown;
    }
    expect(isEspalierError(error, 'ValueError'), `${value}: ${error}`).toBe(true);
  }
});

it('a schedule that gives no rate is refused by the step, and nothing changes', () => {
  for (const rate of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    const optimizer = new SGD({
      learningRate: { at: () => rate, serialize: () => ({ className: 'Odd', config: {} }) },
    });
    expect(() => optimizer.applyGradients(new Map(), new Map())).toThrow(/the learning rate of step 1/);
    expect(optimizer.iterations).toBe(0);
  }
});
