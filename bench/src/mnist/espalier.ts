import { wasm } from '@espalier/backend-wasm';
import { activateBackend, LambdaCallback } from '@espalier/core';
import { mnist } from '@espalier/datasets';
import { mnistCnn } from '@espalier/models-zoo';
import { Adam, exponentialDecay } from '@espalier/optimizers';

// The settings are the recipe's: packages/cli/src/recipes/mnistCnn.ts.
const info = await activateBackend(wasm());
const { train, test } = await mnist();
const model = mnistCnn({ seed: 0 });
const rate = exponentialDecay({ initialLearningRate: 0.002, decaySteps: 3750, decayRate: 0.5 });
model.compile({
  optimizer: new Adam({ learningRate: rate }),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});

const epochs: number[] = [];
let start = 0;
const times = new LambdaCallback({
  onEpochBegin: () => {
    start = performance.now();
  },
  onEpochEnd: (epoch) => {
    epochs.push((performance.now() - start) / 1000);
    console.error(`Espalier, epoch ${epoch + 1}: ${epochs.at(-1)!.toFixed(1)} s`);
  },
});
const before = performance.now();
await model.fit(train, { batchSize: 32, epochs: Number(process.argv[2]), callbacks: [times] });
const seconds = (performance.now() - before) / 1000;
const { loss, accuracy } = await model.evaluate(test, { batchSize: 1000 });
const version = `WASM, ${info.threads} threads, SIMD ${info.simd}`;
console.log(JSON.stringify({ version, seconds, epochs, loss, accuracy }));
