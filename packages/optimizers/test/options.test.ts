import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend } from '@espalier/core';
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
  optimizerClasses,
  optimizerFromConfig,
  RMSprop,
  SGD,
  scheduleFromConfig,
  scheduleMakers,
} from '@espalier/optimizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { messageOf, parametersOf, step, valuesOf } from './parameters.js';

beforeAll(async () => void (await activateBackend(cpu())));

describe('options', () => {
  const bad: [string, () => unknown][] = [
    ['learningRate', () => new SGD({ learningRate: -1 })],
    ['learningRate', () => new Adam({ learningRate: Number.NaN })],
    ['momentum', () => new SGD({ momentum: 1 })],
    ['beta2', () => new Lion({ beta2: 1 })],
    ['rho', () => new RMSprop({ rho: 1.5 })],
    ['epsilon', () => new RMSprop({ epsilon: -1e-7 })],
    ['beta1', () => new Adam({ beta1: 1 })],
    ['beta2', () => new Adam({ beta2: -0.1 })],
    ['weightDecay', () => new AdamW({ weightDecay: -1 })],
    ['norm', () => clipByGlobalNorm(new SGD(), { norm: 0 })],
    ['norm', () => clipByNorm(new SGD(), { norm: -1 })],
    ['value', () => clipByValue(new SGD(), { value: Number.NaN })],
    ['decaySteps', () => exponentialDecay({ initialLearningRate: 1, decaySteps: 0, decayRate: 0.5 })],
    ['decaySteps', () => cosineDecay({ initialLearningRate: 1, decaySteps: -5 })],
    ['learningRate', () => constant({ learningRate: Number.POSITIVE_INFINITY })],
  ];
  it.each(bad)('%s out of range is a ValueError that names it', (option, make) => {
    expect(messageOf(make)).toMatch(new RegExp(`^ValueError: .*${option}`));
  });

  it('a rate that is set must be in range too', () => {
    const optimizer = clipByValue(new Adam(), { value: 1 });
    expect(messageOf(() => (optimizer.learningRate = -1))).toMatch(/adam: learningRate/);
    expect(optimizer.learningRate).toBe(0.001);
  });

  it('a gradient without its parameter is a ValueError', () => {
    const parameters = parametersOf({ w: [1] });
    expect(() => step(new SGD(), new Map([...parameters, ['v', parameters.get('w')!]]), { v: [1] })).not.toThrow();
    const message = messageOf(() => new SGD().applyGradients(new Map([['x', parameters.get('w')!.value]]), parameters));
    expect(message).toMatch(/^ValueError: x: /);
  });
});

describe('serialize', () => {
  const all = [
    new SGD({ momentum: 0.5, nesterov: true, learningRate: constant({ learningRate: 2 }) }),
    new Lion({ beta1: 0.8, weightDecay: 0.2, excludeFromWeightDecay: ['bias'] }),
    new RMSprop({ rho: 0.7, momentum: 0.1, epsilon: 1e-3, centered: true }),
    new Adam({ beta1: 0.1, beta2: 0.2, epsilon: 0.3, amsgrad: true }),
    new AdamW({ weightDecay: 0.5, excludeFromWeightDecay: ['bias'] }),
    clipByGlobalNorm(new SGD({ learningRate: cosineDecay({ initialLearningRate: 1, decaySteps: 3 }) }), { norm: 2 }),
    clipByNorm(new SGD(), { norm: 3 }),
    clipByValue(clipByNorm(new Adam(), { norm: 4 }), { value: 0.5 }),
  ];

  it('covers every class of the table', () => {
    expect(new Set(all.map((one) => one.serialize().className))).toEqual(new Set(Object.keys(optimizerClasses)));
  });

  it.each(all.map((one) => [one.serialize().className, one] as const))('%s is made again from JSON', (_, one) => {
    const serialized = JSON.parse(JSON.stringify(one.serialize()));
    const again = optimizerFromConfig(serialized);
    expect(again.serialize()).toEqual(one.serialize());
    expect(again.constructor).toBe(one.constructor);
    expect(again.learningRate).toBe(one.learningRate);
  });

  it('names what it does not know', () => {
    expect(messageOf(() => optimizerFromConfig({ className: 'Adan', config: {} }))).toMatch(/'Adan'[\s\S]*'Adam'/);
    expect(messageOf(() => scheduleFromConfig({ className: 'CosinDecay', config: {} }))).toMatch(/'CosineDecay'/);
    expect(messageOf(() => optimizerFromConfig({ className: 'constructor', config: {} }))).toMatch(/^ValueError/);
  });

  it('says that a function cannot be saved, when it is loaded', () => {
    const optimizer = new AdamW({ excludeFromWeightDecay: (path) => path.endsWith('bias') });
    expect(messageOf(() => optimizerFromConfig(optimizer.serialize()))).toMatch(
      /^ValueError: .*excludeFromWeightDecay/,
    );
  });

  it('takes classes and schedules of the user', () => {
    class Mine extends SGD {
      override readonly className = 'Mine';
    }
    const half = () => ({ at: (n: number) => 0.5 ** n, serialize: () => ({ className: 'Half', config: {} }) });
    const tables = { classes: { ...optimizerClasses, Mine }, schedules: { ...scheduleMakers, Half: half } };
    const serialized = clipByValue(new Mine({ learningRate: half() }), { value: 1 }).serialize();
    expect(optimizerFromConfig(serialized, tables).serialize()).toEqual(serialized);
  });
});

it('weight decay spares what the test names', () => {
  const parameters = parametersOf({ 'dense/kernel': [1], 'dense/bias': [1] });
  const excludeFromWeightDecay = (path: string) => path.endsWith('bias');
  step(new AdamW({ learningRate: 0.5, weightDecay: 0.1, excludeFromWeightDecay }), parameters, {
    'dense/kernel': [0],
    'dense/bias': [0],
  });
  expect(valuesOf(parameters)).toEqual([Math.fround(0.95), 1]);
});

describe.each([cpu(), wasm({ threads: 1 })])('clipping on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it('by global norm leaves zeros and small gradients as they are', () => {
    for (const gradient of [
      [0, 0],
      [0.3, 0.4],
    ]) {
      const parameters = parametersOf({ w: [0, 0] });
      step(clipByGlobalNorm(new SGD({ learningRate: 1 }), { norm: 1 }), parameters, { w: gradient });
      expect(valuesOf(parameters).map((x) => -x + 0)).toEqual(gradient.map(Math.fround));
    }
  });

  it.each([
    ['clipByGlobalNorm', clipByGlobalNorm(new SGD(), { norm: 1 })],
    ['clipByNorm', clipByNorm(new SGD(), { norm: 1 })],
    ['clipByValue', clipByValue(new SGD(), { value: 1 })],
  ])('%s does not hide NaN', (_, optimizer) => {
    const parameters = parametersOf({ w: [1, 1] });
    step(optimizer, parameters, { w: [Number.NaN, 1] });
    expect(valuesOf(parameters)[0]).toBeNaN();
  });

  it('by global norm makes an infinite norm show everywhere', () => {
    const parameters = parametersOf({ w: [1], v: [1] });
    step(clipByGlobalNorm(new SGD(), { norm: 1 }), parameters, { w: [Number.POSITIVE_INFINITY], v: [1] });
    expect(valuesOf(parameters)).toEqual([Number.NaN, Number.NaN]);
  });

  it('finds the norm of a large gradient to six digits', () => {
    const size = 1_000_000;
    const parameters = parametersOf({ w: new Array(size).fill(0) }, { w: [1000, 1000] });
    step(clipByGlobalNorm(new SGD({ learningRate: 1 }), { norm: 1 }), parameters, { w: new Array(size).fill(0.1) });
    expect(Math.abs(valuesOf(parameters)[0]! + 1e-3)).toBeLessThan(1e-9);
  });
});
