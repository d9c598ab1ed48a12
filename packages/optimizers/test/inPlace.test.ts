import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, type Optimizer } from '@espalier/core';
import {
  Adam,
  AdamW,
  clipByGlobalNorm,
  Lion,
  RMSprop,
  SGD,
  SlotOptimizer,
  type Step,
  type Updated,
} from '@espalier/optimizers';
import { mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { messageOf, parametersOf, step, valuesOf } from './parameters.js';

const sizes = [0, 1, 2, 3, 4, 5, 1023, 1024, 1025, 2051];
const series = (size: number, seed: number) => Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7) * 2);
const start = Object.fromEntries(sizes.map((size) => [`p${size}`, series(size, size)]));
const gradients = (t: number) => Object.fromEntries(sizes.map((size) => [`p${size}`, series(size, size * 7 + t)]));

const makers: Record<string, () => Optimizer> = {
  adam: () => new Adam(),
  'adam, amsgrad': () => new Adam({ amsgrad: true, learningRate: 0.1, beta2: 0.5 }),
  'adam, decayed': () => new AdamW({ weightDecay: 0.1, learningRate: 0.1, excludeFromWeightDecay: ['p5'] }),
  lion: () => new Lion({ weightDecay: 0.1 }),
  rmsprop: () => new RMSprop(),
  'rmsprop, all': () => new RMSprop({ momentum: 0.5, centered: true, learningRate: 0.01, epsilon: 0.01 }),
  'rmsprop, centered': () => new RMSprop({ centered: true, learningRate: 0.01, epsilon: 0.01 }),
  sgd: () => new SGD(),
  'sgd, momentum': () => new SGD({ momentum: 0.9 }),
  'sgd, nesterov': () => new SGD({ momentum: 0.9, nesterov: true }),
  'sgd, clipped': () => clipByGlobalNorm(new SGD(), { norm: 3 }),
  'sgd, not clipped': () => clipByGlobalNorm(new SGD(), { norm: 1e6 }),
};

function train(make: () => Optimizer, steps = 5): number[] {
  const optimizer = make();
  const parameters = parametersOf(start);
  for (let t = 0; t < steps; t++) step(optimizer, parameters, gradients(t));
  const values = valuesOf(parameters);
  optimizer.dispose();
  for (const parameter of parameters.values()) parameter.dispose();
  return values;
}

describe('steps of one kernel', () => {
  it.each(Object.keys(makers))('are those of the composed operations, whatever the sizes: %s', async (name) => {
    await activateBackend(cpu());
    const expected = train(makers[name]!);
    await activateBackend(wasm({ threads: 1 }));
    const got = train(makers[name]!);
    expect(got.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(got[i]! - value), `element ${i}`).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value)));
    }
  });
});

describe('writing in place', () => {
  beforeAll(async () => void (await activateBackend(wasm({ threads: 1 }))));

  it('leaves clones of parameters as they were', () => {
    const parameters = parametersOf({ w: [1, 2, 3] });
    const optimizer = new Adam({ learningRate: 0.5 });
    step(optimizer, parameters, { w: [1, 1, 1] });
    const clone = parameters.get('w')!.value.clone();
    const before = [...clone.dataSync()];
    step(optimizer, parameters, { w: [1, 1, 1] });
    expect([...clone.dataSync()]).toEqual(before);
    expect([...parameters.get('w')!.value.dataSync()]).not.toEqual(before);
  });

  it('leaves the slots that another optimizer was restored from', () => {
    const parameters = parametersOf({ w: [1, 2, 3] });
    const [one, other] = [new Adam(), new Adam()];
    step(one, parameters, { w: [1, 1, 1] });
    other.restore(one.state());
    const before = [...one.state().slots.get('m/w')!.dataSync()];
    step(other, parameters, { w: [5, 5, 5] });
    expect([...one.state().slots.get('m/w')!.dataSync()]).toEqual(before);
    step(one, parameters, { w: [-5, -5, -5] });
    expect(other.state().slots.get('m/w')!.dataSync()[0]).toBeCloseTo(0.59, 5);
  });

  it('gives way to a subclass that changes the update', () => {
    class Half extends Adam {
      protected override update(value: Tensor, gradient: Tensor, slots: Record<'m' | 'v' | 'vHat', Tensor>, at: Step) {
        return super.update(mul(value, 0.5), gradient, slots, at);
      }
    }
    const parameters = parametersOf({ w: [8] });
    step(new Half({ learningRate: 0 }), parameters, { w: [1] });
    expect(valuesOf(parameters)).toEqual([4]);
  });

  it('steps an optimizer that has no kernel', () => {
    class Plain extends SlotOptimizer {
      readonly className = 'Plain';
      protected readonly slotNames = [];
      protected update(value: Tensor, gradient: Tensor): Updated<never> {
        return { value: mul(value, gradient), slots: {} };
      }
    }
    const parameters = parametersOf({ w: [8] });
    step(new Plain(1), parameters, { w: [0.25] });
    expect(valuesOf(parameters)).toEqual([2]);
  });

  it('refuses a gradient of another shape before anything changes', () => {
    const parameters = parametersOf({ a: [1, 2], w: [1, 2, 3, 4] }, { w: [2, 2] });
    const optimizer = new SGD();
    const wrong = () =>
      tidy(() => {
        const { a } = Object.fromEntries([...parametersOf({ a: [1, 1] })].map(([k, p]) => [k, p.value]));
        optimizer.applyGradients(
          new Map<string, Tensor>([
            ['a', a!],
            ['w', a!],
          ]),
          parameters,
        );
      });
    expect(messageOf(wrong)).toContain('the gradient has the wrong shape');
    expect(valuesOf(parameters)).toEqual([1, 2, 1, 2, 3, 4]);
  });

  it('shows a norm that is not finite', () => {
    const parameters = parametersOf({ a: [1], b: [2] });
    step(clipByGlobalNorm(new SGD(), { norm: 1 }), parameters, { a: [Infinity], b: [1] });
    expect(valuesOf(parameters)).toEqual([Number.NaN, Number.NaN]);
  });
});
