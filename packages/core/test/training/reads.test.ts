import { wasm } from '@espalier/backend-wasm';
import { activateBackend, Sequential } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { backend, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

/** How many values are read back from the backend while something runs. */
async function valuesRead(run: () => Promise<unknown>): Promise<number[]> {
  const { readSync } = Object.getPrototypeOf(backend());
  const reads: number[] = [];
  const spied = backend() as { readSync: (...args: unknown[]) => ArrayLike<number> };
  spied.readSync = (...args) => {
    const values = readSync.apply(spied, args);
    reads.push(values.length);
    return values;
  };
  try {
    await run();
  } finally {
    delete (spied as Partial<typeof spied>).readSync;
  }
  return reads;
}

const [STEPS, BATCH] = [6, 4];
const x = Array.from({ length: STEPS * BATCH }, (_, i) => [i % 2, i % 3]);
const y = x.map(([a]) => [a!, 1 - a!]);

describe('what fit reads back from the backend', () => {
  beforeAll(async () => void (await activateBackend(wasm())));

  it.each([
    ['the loss alone', [], 1],
    ['the loss and both sums of a metric', ['accuracy'], 3],
  ] as const)('is, in a step, %s', async (_, metrics, each) => {
    const layers = [new Dense({ units: 8, inputShape: [2] }), new Dense({ units: 2, activation: 'softmax' })];
    const model = new Sequential(layers, { seed: 1 });
    model.compile({ optimizer: new Adam(), loss: 'categoricalCrossentropy', metrics });
    const reads = await valuesRead(() => model.fit(x, y, { batchSize: BATCH, epochs: 2 }));
    expect(reads).toEqual(Array(2 * STEPS).fill(each));
    const batch = { inputs: tensor(x.slice(0, BATCH)), targets: tensor(y.slice(0, BATCH)), size: BATCH };
    expect(await valuesRead(() => model.trainStep(batch))).toEqual([each]);
    expect(await valuesRead(() => model.evaluate(x, y, { batchSize: BATCH }))).toEqual(Array(STEPS).fill(each));
    model.dispose();
  });
});
