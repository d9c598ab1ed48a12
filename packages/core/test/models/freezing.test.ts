import { cpu } from '@espalier/backend-cpu';
import { activateBackend, Sequential } from '@espalier/core';
import { BatchNormalization, Dense } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import { beforeAll, expect, it } from 'vitest';

beforeAll(async () => void (await activateBackend(cpu())));

const x = [
  [1, 2],
  [3, 5],
  [-1, 4],
];
const y = [[1], [0], [1]];

it('freezes everything below a frozen model: weights, and the statistics of its batch normalisation', async () => {
  const base = new Sequential([new Dense({ units: 3 }), new BatchNormalization()], { name: 'base' });
  const model = new Sequential([base, new Dense({ units: 1 })], { seed: 1, inputShape: [2] });
  model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: 'mse' });
  const values = () =>
    Object.fromEntries([...model.parameters()].map(([path, p]) => [path, [...p.value.dataSync()].join()]));
  const changed = async (): Promise<string[]> => {
    const before = values();
    await model.fit(x, y);
    return Object.entries(values()).flatMap(([path, now]) => (now === before[path] ? [] : [path.split('/')[0]!]));
  };
  model.initialize();
  base.trainable = false;
  expect(new Set(await changed())).toEqual(new Set(['dense']));
  base.trainable = true;
  expect(new Set(await changed())).toEqual(new Set(['base', 'dense']));
});
