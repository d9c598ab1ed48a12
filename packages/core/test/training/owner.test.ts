import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  Functional,
  input,
  isEspalierError,
  memoryStorage,
  type Optimizer,
  restoreCheckpoint,
  Sequential,
  type SymbolicTensor,
  saveCheckpoint,
} from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam, clipByNorm, clipByValue, SGD } from '@espalier/optimizers';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

const x = [
  [1, 2],
  [3, 4],
];
const y = [[1], [0]];

function model(name: string, optimizer: Optimizer): Sequential {
  const made = new Sequential([new Dense({ units: 1, inputShape: [2] })], { seed: 1, name });
  made.compile({ optimizer, loss: 'mse' });
  return made;
}

const refused = async (run: () => unknown, ...names: string[]) => {
  const error: unknown = await Promise.resolve()
    .then(run)
    .catch((e: unknown) => e);
  expect(isEspalierError(error, 'StateError'), String(error)).toBe(true);
  for (const name of names) expect(String(error)).toContain(name);
};

const makers: [string, () => Optimizer][] = [
  ['Adam', () => new Adam()],
  ['SGD, which has no slots', () => new SGD()],
  ['a transform', () => clipByNorm(new Adam(), { norm: 1 })],
];

describe('one optimizer in two models', () => {
  it.each(makers)('%s is refused, naming both', async (_, make) => {
    const optimizer = make();
    const [a, b] = [model('first', optimizer), model('second', optimizer)];
    await a.fit(x, y);
    const before = [...optimizer.state().slots.keys()];
    await refused(() => b.fit(x, y), 'first', 'second');
    const batch = { inputs: tensor(x), targets: tensor(y), size: 2 };
    await refused(() => b.trainStep(batch), 'first', 'second');
    await refused(() => model('third', optimizer), 'first', 'third');
    expect(optimizer.iterations).toBe(1);
    expect([...optimizer.state().slots.keys()]).toEqual(before);
    // The one that had it goes on.
    await a.fit(x, y);
    expect(optimizer.iterations).toBe(2);
  });

  it('is found inside transforms, on either side', async () => {
    const inner = new Adam();
    const wrapped = clipByValue(clipByNorm(inner, { norm: 1 }), { value: 1 });
    const a = model('a', wrapped);
    await a.fit(x, y);
    await refused(() => model('b', inner), "'adam'", 'b', 'a (Sequential)');
    await refused(() => model('c', clipByNorm(inner, { norm: 2 })), 'c', 'a (Sequential)');
  });

  it('is refused where one model is a part of the other', async () => {
    const optimizer = new Adam();
    const inner = model('inner', optimizer);
    await inner.fit(x, y);
    const outer = new Sequential([inner, new Dense({ units: 1 })], { name: 'outer' });
    await refused(() => outer.compile({ optimizer, loss: 'mse' }), 'outer', 'inner');
    const start = input({ shape: [2] });
    const graph = new Functional({ inputs: start, outputs: inner.apply(start) as SymbolicTensor, name: 'graph' });
    await refused(() => graph.compile({ optimizer, loss: 'mse' }), 'graph', 'inner');
  });

  it('says so where both have no name', async () => {
    const optimizer = new Adam();
    const make = () => {
      const made = new Sequential([new Dense({ units: 1, inputShape: [2] })]);
      made.compile({ optimizer, loss: 'mse' });
      return made;
    };
    await make().fit(x, y);
    await refused(make, 'another Sequential');
  });

  it('is refused when a checkpoint is restored into it', async () => {
    const storage = memoryStorage();
    const a = model('a', new Adam());
    await a.fit(x, y);
    await saveCheckpoint(storage, { model: a, optimizer: a.optimizer, progress: a.progress! });
    const b = model('b', new Adam());
    await refused(() => restoreCheckpoint(storage, { model: b, optimizer: a.optimizer }), 'a (', 'b (');
    await restoreCheckpoint(storage, { model: b, optimizer: b.optimizer });
    // Restored is as good as trained.
    await refused(() => model('c', b.optimizer), 'b (', 'c (');
    await b.fit(x, y);
    expect(b.optimizer.iterations).toBe(2);
  });

  it.each(makers)('%s may go from one to the other where nothing is shared', async (_, make) => {
    const optimizer = make();
    const [a, b] = [model('a', optimizer), model('b', optimizer)];
    // Not trained yet.
    await b.fit(x, y);
    await refused(() => a.fit(x, y), 'a (', 'b (');
    // Disposed of in between.
    optimizer.dispose();
    await a.fit(x, y);
    await refused(() => b.fit(x, y), 'a (', 'b (');
    // With its model.
    a.dispose();
    await b.fit(x, y);
    expect(optimizer.iterations).toBe(1);
    // The model that had it takes another.
    b.compile({ optimizer: new SGD(), loss: 'mse' });
    await model('rebuilt', optimizer).fit(x, y);
    await b.fit(x, y);
  });

  it('the same model may be compiled again, with the same optimizer, around it, and with another', async () => {
    const before = memory().numTensors;
    const adam = new Adam();
    const a = model('a', adam);
    await a.fit(x, y);
    a.compile({ optimizer: adam, loss: 'mae' });
    await a.fit(x, y);
    expect(adam.iterations).toBe(2);
    a.compile({ optimizer: clipByNorm(adam, { norm: 1 }), loss: 'mse' });
    await a.fit(x, y);
    expect(adam.iterations).toBe(3);
    a.compile({ optimizer: adam, loss: 'mse' });
    expect(adam.iterations).toBe(3);
    a.compile({ optimizer: new SGD({ momentum: 0.5 }), loss: 'mse' });
    expect([adam.iterations, adam.state().slots.size]).toEqual([0, 0]);
    await a.fit(x, y);
    a.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('a model that goes takes no slots of another with it', async () => {
    const optimizer = new Adam();
    const [a, b] = [model('a', optimizer), model('b', optimizer)];
    await b.fit(x, y);
    a.dispose();
    const c = model('b', new Adam());
    expect([optimizer.iterations, optimizer.state().slots.size]).toEqual([1, 4]);
    c.dispose();
    a.compile({ optimizer: new SGD(), loss: 'mse' });
    expect(optimizer.iterations).toBe(1);
  });
});
