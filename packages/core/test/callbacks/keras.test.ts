import { readFileSync } from 'node:fs';
import { cpu } from '@espalier/backend-cpu';
import { activateBackend, EarlyStopping, ReduceLROnPlateau, Sequential } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import { beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly callback: keyof typeof classes;
  readonly options: object;
  readonly figures: readonly (number | 'NaN')[];
  readonly title: string;
  /** How many epochs were run, the rate after each, and the epoch whose weights were left. */
  readonly epochs: number;
  readonly rates: readonly number[];
  readonly weight: number;
}

const classes = { EarlyStopping, ReduceLROnPlateau };
const file = new URL('../../../../parity/golden/callbacks.json', import.meta.url);
const { cases, madeWith } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[]; madeWith: { keras: string } };

beforeAll(() => activateBackend(cpu()));

describe(`as Keras ${madeWith.keras} does`, () => {
  it.each(cases.map((one) => [one.title, one] as const))('%s', async (_title, { callback: name, options, ...one }) => {
    const model = new Sequential([new Dense({ units: 1, useBias: false, inputShape: [1] })]);
    model.compile({ optimizer: new SGD({ learningRate: 1 }), loss: 'meanSquaredError' });
    const callback = new classes[name](options);
    callback.setModel(model);
    const metrics = ['loss', 'valLoss'];
    callback.setParams({ epochs: 99, initialEpoch: 0, steps: 1, batchSize: 1, metrics, callbacks: [callback] });
    model.initialize();
    const [kernel] = model.parameters().values();

    await callback.onTrainBegin();
    const rates: number[] = [];
    for (const [epoch, figure] of one.figures.entries()) {
      kernel?.assign(Float32Array.of(epoch));
      await callback.onEpochEnd(epoch, { valLoss: Number(figure) });
      rates.push(model.optimizer.learningRate);
      if (model.stopTraining) break;
    }
    await callback.onTrainEnd({});
    expect({ epochs: rates.length, rates, weight: kernel?.value.dataSync()[0] }).toEqual({
      epochs: one.epochs,
      rates: one.rates,
      weight: one.weight,
    });
    model.dispose();
  });
});
