import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, type Optimizer } from '@espalier/core';
import { Adam, AdamW, clipByGlobalNorm, cosineDecay, RMSprop, SGD } from '@espalier/optimizers';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parametersOf, step, valuesOf } from './parameters.js';

const falling = (initialLearningRate: number, decaySteps: number) => cosineDecay({ initialLearningRate, decaySteps });

/** Optimizers with a rate that suits Rosenbrock's narrow valley, and how near to its end they come. */
const family: [string, () => Optimizer, steps: number][] = [
  ['SGD', () => new SGD({ learningRate: 1e-3 }), 8000],
  ['SGD with momentum', () => new SGD({ learningRate: 5e-4, momentum: 0.9 }), 4000],
  ['SGD with Nesterov', () => new SGD({ learningRate: 5e-4, momentum: 0.9, nesterov: true }), 4000],
  ['RMSprop', () => new RMSprop({ learningRate: falling(0.02, 4000) }), 4000],
  ['RMSprop, centered', () => new RMSprop({ learningRate: falling(0.01, 6000), centered: true, epsilon: 1e-3 }), 6000],
  ['Adam', () => new Adam({ learningRate: 0.02 }), 4000],
  ['Adam, amsgrad', () => new Adam({ learningRate: 0.02, amsgrad: true }), 4000],
  ['AdamW', () => new AdamW({ learningRate: 0.02, weightDecay: 1e-5 }), 4000],
  ['Adam, clipped', () => clipByGlobalNorm(new Adam({ learningRate: falling(0.05, 4000) }), { norm: 1 }), 4000],
];

const rosenbrock = (x: number, y: number) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];

function run(optimizer: Optimizer, start: number[], steps: number, gradient: (at: number[]) => number[]): number[] {
  const parameters = parametersOf({ w: start });
  for (let i = 0; i < steps; i++) step(optimizer, parameters, { w: gradient(valuesOf(parameters)) });
  return valuesOf(parameters);
}

describe('on cpu', () => {
  beforeAll(async () => void (await activateBackend(cpu())));

  it.each(family)("%s ends in the minimum of Rosenbrock's function", (_, make, steps) => {
    const [x, y] = run(make(), [-1.2, 1], steps, ([a, b]) => rosenbrock(a!, b!)) as [number, number];
    expect((1 - x) ** 2 + 100 * (y - x * x) ** 2).toBeLessThan(1e-3);
    expect(Math.hypot(1 - x, 1 - y)).toBeLessThan(0.06);
  });
});

describe.each([cpu(), wasm({ threads: 1 })])('on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each(family)(
    '%s ends in the minimum of a parabola and holds as many tensors after 300 steps as after one',
    (_, make) => {
      const optimizer = make();
      optimizer.learningRate = 0.05;
      const before = memory().numTensors;
      const parabola = ([a, b]: number[]) => [2 * (a! - 3), 0.5 * (b! + 1)];
      const parameters = parametersOf({ w: [0, 0] });
      step(optimizer, parameters, { w: [1, 1] });
      const held = memory().numTensors;
      for (let i = 0; i < 400; i++) {
        if (i === 300) optimizer.learningRate = 0.002;
        step(optimizer, parameters, { w: parabola(valuesOf(parameters)) });
      }
      const [a, b] = valuesOf(parameters) as [number, number];
      expect(Math.hypot(a - 3, b + 1)).toBeLessThan(0.01);
      expect(memory().numTensors).toBe(held);
      optimizer.dispose();
      for (const parameter of parameters.values()) parameter.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );
});
