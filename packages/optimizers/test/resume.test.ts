import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, type Optimizer, type OptimizerState, Rng } from '@espalier/core';
import {
  Adam,
  AdamW,
  clipByGlobalNorm,
  cosineDecay,
  exponentialDecay,
  optimizerFromConfig,
  RMSprop,
  SGD,
} from '@espalier/optimizers';
import { dispose, memory, tensor, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { messageOf, parametersOf, step, valuesOf } from './parameters.js';

const start = { 'dense/kernel': [0.3, -2, 1e-3], 'dense/bias': [0.1] };
const gradients = Array.from({ length: 10 }, (_, i) => {
  const rng = new Rng(7).fork(i);
  return { 'dense/kernel': [...rng.uniform(3, -1, 1)], 'dense/bias': [...rng.uniform(1, -1, 1)] };
});
const decay = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.7 });
const family: [string, Optimizer][] = [
  ['SGD', new SGD()],
  ['SGD with momentum', new SGD({ momentum: 0.9, nesterov: true })],
  ['RMSprop', new RMSprop({ momentum: 0.5, centered: true, learningRate: decay })],
  ['Adam', new Adam({ learningRate: 0.03 })],
  ['Adam, amsgrad', new Adam({ amsgrad: true, learningRate: cosineDecay({ initialLearningRate: 1, decaySteps: 8 }) })],
  ['AdamW', new AdamW({ excludeFromWeightDecay: ['bias'] })],
  ['clipped', clipByGlobalNorm(new Adam({ learningRate: decay }), { norm: 0.5 })],
];
const again = (optimizer: Optimizer) => optimizerFromConfig(JSON.parse(JSON.stringify(optimizer.serialize())));

/** What a checkpoint does: the numbers leave the engine and come back as other tensors. */
function throughAFile(state: OptimizerState): OptimizerState {
  const copies = [...state.slots].map(([name, t]) => [name, tensor(t.dataSync().slice(), t.shape)] as const);
  return { ...state, slots: new Map(copies) };
}

describe.each([cpu(), wasm({ threads: 1 })])('on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each(family)('%s: five steps, a save and five more are ten, bit for bit', (_, made) => {
    const before = memory().numTensors;
    const whole = again(made);
    const parameters = parametersOf(start);
    const states: OptimizerState[] = [];
    let middle: Record<string, number[]> = {};
    for (const [i, now] of gradients.entries()) {
      if (i === 5) {
        states.push(throughAFile(whole.state()));
        middle = Object.fromEntries([...parameters].map(([path, p]) => [path, [...p.value.dataSync()]]));
      }
      step(whole, parameters, now);
    }
    const resumed = again(made);
    resumed.restore(states[0]!);
    dispose([...states[0]!.slots.values()]);
    expect(resumed.iterations).toBe(5);
    const rest = parametersOf(middle);
    for (const now of gradients.slice(5)) step(resumed, rest, now);

    expect(valuesOf(rest)).toEqual(valuesOf(parameters));
    expect(resumed.learningRate).toBe(whole.learningRate);
    for (const [name, slot] of whole.state().slots) {
      expect([...resumed.state().slots.get(name)!.dataSync()], name).toEqual([...slot.dataSync()]);
    }
    for (const one of [whole, resumed, ...parameters.values(), ...rest.values()]) one.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('a saved state', () => {
  beforeAll(async () => void (await activateBackend(cpu())));

  const stepped = (optimizer: Optimizer) => {
    step(optimizer, parametersOf(start), gradients[0]!);
    return optimizer;
  };

  it('is named by slot and path, and keeps a rate that was set by hand', () => {
    const optimizer = stepped(new Adam({ learningRate: decay }));
    expect([...optimizer.state().slots.keys()]).toEqual([
      'm/dense/kernel',
      'v/dense/kernel',
      'm/dense/bias',
      'v/dense/bias',
    ]);
    expect(optimizer.state().scalars).toBeUndefined();
    expect(optimizer.learningRate).toBe(decay.at(1));
    optimizer.learningRate = 0.25;
    const other = new Adam({ learningRate: decay });
    other.restore(optimizer.state());
    expect(other.learningRate).toBe(0.25);
    expect(other.iterations).toBe(1);
  });

  it('goes back to an earlier state of the same optimizer', () => {
    const optimizer = stepped(new SGD({ momentum: 0.9 }));
    const saved = throughAFile(optimizer.state());
    stepped(optimizer);
    const held = memory().numTensors;
    optimizer.restore(saved);
    expect(memory().numTensors).toBe(held);
    expect(optimizer.iterations).toBe(1);
  });

  const slotsOf = (...names: string[]) => new Map(names.map((name) => [name, zeros([3])]));
  const misfits: [string, () => Optimizer, string[], RegExp][] = [
    ['of another optimizer', () => new Adam(), ['momentum/w'], /momentum\/w, unknown here/],
    ['with a slot missing', () => new Adam(), ['m/w', 'v/w', 'm/b'], /also v\/b, missing/],
    ['with slots for an optimizer without', () => new SGD(), ['momentum/w'], /momentum\/w, unknown here/],
    [
      'of other parameters than those it has trained',
      () => stepped(new SGD({ momentum: 0.9 })),
      ['momentum/dense/kernel', 'momentum/dense_1/bias'],
      /also momentum\/dense\/bias, missing[\s\S]*momentum\/dense_1\/bias, unknown here/,
    ],
    [
      'of other shapes than those it has trained',
      () => stepped(new SGD({ momentum: 0.9 })),
      ['momentum/dense/kernel', 'momentum/dense/bias'],
      /'momentum\/dense\/bias' does not have the shape[\s\S]*\(1,\)[\s\S]*\(3,\)/,
    ],
  ];
  it.each(misfits)('%s is refused, and nothing is changed', (_, make, names, message) => {
    const optimizer = make();
    const before = [...optimizer.state().slots].map(([name, slot]) => [name, ...slot.dataSync()]);
    const text = messageOf(() => optimizer.restore({ iterations: 9, slots: slotsOf(...names) }));
    expect(text).toMatch(/^CheckpointError/);
    expect(text).toMatch(message);
    expect([...optimizer.state().slots].map(([name, slot]) => [name, ...slot.dataSync()])).toEqual(before);
    expect(optimizer.iterations).not.toBe(9);
  });

  it('is refused by the next step where layers were renamed or have other shapes', () => {
    const fresh = (...names: string[]) => {
      const optimizer = new SGD({ momentum: 0.9 });
      optimizer.restore({ iterations: 9, slots: slotsOf(...names) });
      return () => step(optimizer, parametersOf({ a: [1, 2, 3], b: [1, 2] }), { a: [1, 1, 1], b: [1, 1] });
    };
    expect(messageOf(fresh('momentum/a', 'momentum/c'))).toMatch(
      /CheckpointError.*\n.*momentum\/b, m.*\n.*momentum\/c/,
    );
    expect(messageOf(fresh('momentum/a', 'momentum/b'))).toMatch(/CheckpointError: sgd: the saved slot 'momentum\/b'/);
    // A layer that was frozen when the state was saved starts with zeros.
    expect(fresh('momentum/a')).not.toThrow();
  });
});
