import { readFileSync } from 'node:fs';
import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, type Config, type Optimizer, type OptimizerState, type Parameter } from '@espalier/core';
import {
  Adam,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  optimizerFromConfig,
  SlotOptimizer,
  type Step,
  type Updated,
} from '@espalier/optimizers';
import { memory, sub, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { messageOf, parametersOf, step, valuesOf } from './parameters.js';

type Values = Record<string, number[]>;
const golden = JSON.parse(readFileSync(new URL('../../../parity/golden/unfreezing.json', import.meta.url), 'utf8')) as {
  late: number;
  start: Values;
  gradients: Values[];
  cases: { className: string; options: Config; values: Values[] }[];
};
const named = golden.cases.map((one) => [`${one.className} ${JSON.stringify(one.options)}`, one] as const);

/** Far above every norm and element: a transform that changes nothing. */
const HUGE = 1e9;
const around: Record<string, (optimizer: Optimizer) => Optimizer> = {
  bare: (optimizer) => optimizer,
  clipByGlobalNorm: (optimizer) => clipByGlobalNorm(optimizer, { norm: HUGE }),
  clipByNorm: (optimizer) => clipByNorm(optimizer, { norm: HUGE }),
  'two transforms': (optimizer) => clipByValue(clipByNorm(optimizer, { norm: HUGE }), { value: HUGE }),
};

function compare(parameters: Map<string, Parameter>, expected: Values, at: number): void {
  for (const [path, values] of Object.entries(expected)) {
    const got = parameters.get(path)!.value.dataSync();
    for (const [i, value] of values.entries()) {
      const tolerance = 2e-6 * Math.max(1, Math.abs(value));
      expect(Math.abs(got[i]! - value), `step ${at}, ${path}[${i}]: ${got[i]} against ${value}`).toBeLessThan(
        tolerance,
      );
    }
  }
}

/** What a checkpoint does: the numbers leave the engine and come back as other tensors, the rest through JSON. */
function throughAFile({ slots, ...rest }: OptimizerState): OptimizerState {
  const copies = [...slots].map(([name, t]) => [name, tensor(t.dataSync().slice(), t.shape)] as const);
  return { ...JSON.parse(JSON.stringify(rest)), slots: new Map(copies) };
}

describe.each([cpu(), wasm({ threads: 1 })])('parameters that join late, as in PyTorch, on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each(named)('%s', (_, { className, options, values }) => {
    for (const wrap of Object.values(around)) {
      const optimizer = wrap(optimizerFromConfig({ className, config: options }));
      const parameters = parametersOf(golden.start);
      for (const [t, gradients] of golden.gradients.entries()) {
        step(optimizer, parameters, gradients);
        compare(parameters, values[t]!, t);
      }
      expect(optimizer.iterations).toBe(golden.gradients.length);
      const steps = (path: string) => golden.gradients.filter((gradients) => path in gradients).length;
      expect(optimizer.state().steps).toEqual(
        Object.fromEntries(Object.keys(golden.start).map((path) => [path, steps(path)])),
      );
    }
  });

  it.each(named)('%s: bit for bit through a save before, in and after unfreezing', (_, { className, options }) => {
    const before = memory().numTensors;
    const whole = optimizerFromConfig({ className, config: options });
    const expected = parametersOf(golden.start);
    for (const gradients of golden.gradients) step(whole, expected, gradients);
    for (const at of [1, 3, golden.late - 1, golden.late, golden.late + 1]) {
      const first = optimizerFromConfig({ className, config: options });
      const parameters = parametersOf(golden.start);
      for (const gradients of golden.gradients.slice(0, at)) step(first, parameters, gradients);
      const saved = throughAFile(first.state());
      const second = optimizerFromConfig({ className, config: options });
      second.restore(saved);
      for (const slot of saved.slots.values()) slot.dispose();
      for (const gradients of golden.gradients.slice(at)) step(second, parameters, gradients);
      expect(valuesOf(parameters), `saved at ${at}`).toEqual(valuesOf(expected));
      expect(second.state().steps).toEqual(whole.state().steps);
      for (const one of [first, second, ...parameters.values()]) one.dispose();
    }
    for (const one of [whole, ...expected.values()]) one.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each([0, 50, 1000, 20_000])('the first steps of Adam are of the rate, unfrozen after %d steps', (after) => {
    const parameters = parametersOf({ a: [0], b: [0] });
    const optimizer = new Adam({ learningRate: 1 });
    for (let t = 0; t < Math.min(after, 2); t++) step(optimizer, parameters, { a: [1] });
    // The rest of the steps of `a` are not worth their time: a saved state of so many is the same.
    if (after > 2) optimizer.restore({ ...optimizer.state(), iterations: after, steps: { a: after } });
    for (let t = 1; t <= 12; t++) {
      step(optimizer, parameters, { a: [1], b: [1] });
      expect(parameters.get('b')!.value.dataSync()[0]).toBeCloseTo(-t, 3);
    }
  });
});

describe('states', () => {
  beforeAll(async () => void (await activateBackend(cpu())));

  it('of earlier versions, without counts, take the count of the optimizer', () => {
    const optimizer = new Adam({ learningRate: 0.1 });
    const parameters = parametersOf({ a: [1], b: [1] });
    for (let t = 0; t < 7; t++) step(optimizer, parameters, { a: [1] });
    const { steps: _, ...old } = optimizer.state();
    const other = new Adam({ learningRate: 0.1 });
    other.restore(old);
    // What had no slots had made no step.
    expect(other.state().steps).toEqual({ a: 7 });
    const [one, two] = [parametersOf({ a: [1], b: [1] }), parametersOf({ a: [1], b: [1] })];
    step(optimizer, one, { a: [1], b: [1] });
    step(other, two, { a: [1], b: [1] });
    expect(valuesOf(two)).toEqual(valuesOf(one));
  });

  it('of earlier versions count for optimizers of your own that have no slots', () => {
    const seen: number[] = [];
    class Plain extends SlotOptimizer {
      readonly className = 'Plain';
      protected readonly slotNames = [];
      protected update(value: Tensor, gradient: Tensor, _: object, { number }: Step): Updated<never> {
        seen.push(number);
        return { value: sub(value, gradient), slots: {} };
      }
    }
    const optimizer = new Plain(1);
    optimizer.restore({ iterations: 5, slots: new Map() });
    step(optimizer, parametersOf({ a: [1] }), { a: [1] });
    optimizer.dispose();
    step(optimizer, parametersOf({ a: [1] }), { a: [1] });
    expect(seen).toEqual([6, 1]);
  });

  it('from before unfreezing can be gone back to, and from after it too', () => {
    const optimizer = new Adam();
    const parameters = parametersOf({ a: [1], b: [1] });
    step(optimizer, parameters, { a: [1] });
    const early = throughAFile(optimizer.state());
    step(optimizer, parameters, { a: [1], b: [1] });
    const late = throughAFile(optimizer.state());
    optimizer.restore(early);
    expect(optimizer.state().steps).toEqual({ a: 1 });
    optimizer.restore(late);
    expect(optimizer.state().steps).toEqual({ a: 2, b: 1 });
  });

  it('refuses a gradient that would be broadcast, before anything changes', () => {
    const parameters = parametersOf({ a: [1, 2], b: [1, 2] });
    const optimizer = new Adam();
    step(optimizer, parameters, { a: [1, 1] });
    const before = valuesOf(parameters);
    const gradients = new Map([
      ['a', tensor([1, 1])],
      ['b', tensor([1])],
    ]);
    expect(messageOf(() => optimizer.applyGradients(gradients, parameters))).toMatch(/^ShapeError: b: .*gradient/);
    expect(valuesOf(parameters)).toEqual(before);
    expect(optimizer.state().steps).toEqual({ a: 1 });
  });
});
