import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  memoryStorage,
  type Optimizer,
  readCheckpoint,
  restoreCheckpoint,
  Sequential,
  type Storage,
  saveCheckpoint,
  weightsOf,
} from '@espalier/core';
import { Dense } from '@espalier/layers';
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
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

const x = [
  [1, 2],
  [3, 4],
  [-1, 0],
];
const y = [[1], [0], [2]];

function model(optimizer: Optimizer): Sequential {
  const made = new Sequential(
    [new Dense({ units: 3, activation: 'tanh', inputShape: [2], name: 'body' }), new Dense({ units: 1, name: 'head' })],
    { seed: 3 },
  );
  made.compile({ optimizer, loss: 'mse' });
  return made;
}

async function saved(optimizer: Optimizer, epochs = 3): Promise<{ storage: Storage; made: Sequential }> {
  const storage = memoryStorage();
  const made = model(optimizer);
  await made.fit(x, y, { epochs });
  await saveCheckpoint(storage, { model: made, optimizer, progress: made.progress! });
  return { storage, made };
}

const HUGE = 1e9;
const wraps: Record<string, (optimizer: Optimizer) => Optimizer> = {
  'without clipping': (optimizer) => optimizer,
  'with clipByNorm': (optimizer) => clipByNorm(optimizer, { norm: HUGE }),
  'with clipByGlobalNorm': (optimizer) => clipByGlobalNorm(optimizer, { norm: HUGE }),
  'with two': (optimizer) => clipByValue(clipByNorm(optimizer, { norm: HUGE }), { value: HUGE }),
};
const pairs = Object.keys(wraps).flatMap((from) => Object.keys(wraps).map((to) => [from, to] as const));

describe('a checkpoint fits whatever transforms are around the optimizer', () => {
  it.each(pairs)('saved %s, taken up %s', async (from, to) => {
    const { storage, made } = await saved(wraps[from]!(new Adam({ learningRate: 0.1 })));
    await made.fit(x, y, { initialEpoch: 3, epochs: 6 });
    const other = model(wraps[to]!(new Adam({ learningRate: 0.1 })));
    const resume = await restoreCheckpoint(storage, { model: other, optimizer: other.optimizer });
    await other.fit(x, y, { epochs: 6, resume });
    // The transforms change nothing here but, by one rounding, the global norm.
    for (const [path, { data }] of await weightsOf(made)) {
      const got = (await weightsOf(other)).get(path)!.data;
      for (const [i, value] of data.entries()) expect(Math.abs(got[i]! - value), path).toBeLessThan(1e-5);
    }
    expect(other.optimizer.iterations).toBe(6);
  });

  const optimizers: [string, () => Optimizer][] = [
    ['Adam', () => new Adam()],
    ['AdamW', () => new AdamW()],
    ['Lion', () => new Lion()],
    ['RMSprop', () => new RMSprop()],
    ['SGD', () => new SGD()],
  ];
  const others = optimizers.flatMap(([a, from]) =>
    optimizers.filter(([b]) => a !== b).map(([b, to]) => [a, b, from, to] as const),
  );
  it.each(others)('one of %s is refused by %s by name, wrapped or not', async (a, b, from, to) => {
    for (const wrap of [wraps['without clipping']!, wraps['with two']!]) {
      const { storage } = await saved(wrap(from()), 1);
      const other = model(wrap(to()));
      await expect(restoreCheckpoint(storage, { model: other, optimizer: other.optimizer })).rejects.toThrow(
        new RegExp(`saved with another optimizer.*expected: ${b}\\n.*got: +${a}\\n`, 's'),
      );
    }
  });
});

describe('the rate of a restored optimizer', () => {
  const decay = () => exponentialDecay({ initialLearningRate: 0.4, decaySteps: 1, decayRate: 0.5 });
  const cosine = () => cosineDecay({ initialLearningRate: 1, decaySteps: 10 });
  const cases: [string, () => Optimizer, number | undefined, () => Optimizer, number][] = [
    [
      'a schedule goes on where it stood',
      () => new SGD({ learningRate: decay() }),
      undefined,
      () => new SGD({ learningRate: decay() }),
      0.05,
    ],
    [
      'another schedule takes its place',
      () => new SGD({ learningRate: decay() }),
      undefined,
      () => new SGD({ learningRate: cosine() }),
      cosine().at(3),
    ],
    [
      'a schedule takes the place of a rate',
      () => new SGD({ learningRate: 0.3 }),
      undefined,
      () => new SGD({ learningRate: cosine() }),
      cosine().at(3),
    ],
    [
      'a constant schedule too',
      () => new SGD({ learningRate: 0.3 }),
      undefined,
      () => new SGD({ learningRate: constant({ learningRate: 7 }) }),
      7,
    ],
    [
      'a rate takes the place of a schedule',
      () => new SGD({ learningRate: decay() }),
      undefined,
      () => new SGD({ learningRate: 0.125 }),
      0.125,
    ],
    [
      'a rate is that of the run',
      () => new SGD({ learningRate: 0.3 }),
      undefined,
      () => new SGD({ learningRate: 0.5 }),
      0.3,
    ],
    [
      'a rate that was set in training outlives a schedule',
      () => new SGD({ learningRate: decay() }),
      0.01,
      () => new SGD({ learningRate: decay() }),
      0.01,
    ],
    [
      'a rate that was set in training outlives another rate',
      () => new SGD({ learningRate: 0.3 }),
      0.01,
      () => new SGD({ learningRate: cosine() }),
      0.01,
    ],
  ];
  it.each(cases)('%s', async (_, from, set, to, expected) => {
    for (const [one, two] of [
      [from, to],
      [() => clipByNorm(from(), { norm: 1 }), to],
      [from, () => clipByNorm(to(), { norm: 1 })],
    ] as const) {
      const storage = memoryStorage();
      const made = model(one());
      await made.fit(x, y, { epochs: 3 });
      if (set !== undefined) made.optimizer.learningRate = set;
      await saveCheckpoint(storage, { model: made, optimizer: made.optimizer, progress: made.progress! });
      const other = model(two());
      await restoreCheckpoint(storage, { model: other, optimizer: other.optimizer });
      expect(other.optimizer.learningRate).toBeCloseTo(expected, 12);
      expect(other.optimizer.iterations).toBe(3);
    }
  });
});

describe('layers that were frozen for a time', () => {
  const freeze = (made: Sequential, frozen: boolean): Sequential => {
    made.layers[0]!.trainable = !frozen;
    return made;
  };
  const run = (made: Sequential, epochs: number) =>
    made.fit(x, y, { initialEpoch: made.optimizer.iterations, epochs, shuffle: false });

  it('keep their own count through a file, bit for bit', async () => {
    const whole = freeze(model(new Adam({ learningRate: 0.1 })), true);
    await run(whole, 4);
    await run(freeze(whole, false), 9);
    for (const at of [3, 6]) {
      const storage = memoryStorage();
      const first = freeze(model(new Adam({ learningRate: 0.1 })), true);
      await run(first, Math.min(at, 4));
      if (at > 4) await run(freeze(first, false), at);
      const id = await saveCheckpoint(storage, { model: first, optimizer: first.optimizer, progress: first.progress! });
      expect((await readCheckpoint(storage, id)).optimizer?.steps).toEqual({
        ...(at > 4 && { 'body/kernel': at - 4, 'body/bias': at - 4 }),
        'head/kernel': at,
        'head/bias': at,
      });
      const second = freeze(model(new Adam({ learningRate: 0.1 })), true);
      await restoreCheckpoint(storage, { model: second, optimizer: second.optimizer });
      if (at < 4) await run(second, 4);
      await run(freeze(second, false), 9);
      expect(await weightsOf(second), `saved at ${at}`).toEqual(await weightsOf(whole));
    }
  });

  it('load from a checkpoint without counts, which had one for all', async () => {
    const { storage, made } = await saved(new Adam({ learningRate: 0.1 }));
    const [id] = (await storage.list()).map((name) => name.split('/')[1]!);
    const { optimizer } = await readCheckpoint(storage, id!);
    expect(optimizer?.steps).toBeDefined();
    const state = made.optimizer.state();
    const { steps: _, ...old } = state;
    const other = new Adam({ learningRate: 0.1 });
    other.restore(old);
    expect(other.state().steps).toEqual(state.steps);
  });
});
