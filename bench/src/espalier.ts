import { wasm } from '@espalier/backend-wasm';
import { Sequential, useBackend } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { lstmClassifier, mnistCnn } from '@espalier/models-zoo';
import { Adam } from '@espalier/optimizers';
import { tensor } from '@tensorflow/tfjs-core';
import { type Timing, time } from './time.js';
import { BATCH, examples, LENGTH, VOCABULARY, type Workload } from './workloads.js';

const workload = process.argv[2] as Workload;
const info = await useBackend(wasm());
const model = {
  cnn: () => mnistCnn({ seed: 1 }),
  lstm: () => lstmClassifier({ vocabulary: VOCABULARY, seed: 1 }),
  mlp: () =>
    new Sequential(
      [
        new Dense({ units: 512, activation: 'relu', inputShape: [784] }),
        new Dense({ units: 512, activation: 'relu' }),
        new Dense({ units: 10, activation: 'softmax' }),
      ],
      { seed: 1 },
    ),
}[workload]();
model.compile({
  optimizer: new Adam(),
  loss: workload === 'lstm' ? 'binaryCrossentropy' : 'categoricalCrossentropy',
});
const { inputs, targets } = examples(workload);
const shapes = { cnn: [BATCH, 28, 28, 1], lstm: [BATCH, LENGTH], mlp: [BATCH, 784] };
const batch = {
  inputs: tensor(inputs, shapes[workload]),
  targets: tensor(targets, [BATCH, targets.length / BATCH]),
  size: BATCH,
};
const timing = await time(() => model.trainStep(batch));
const result: Timing = { ...timing, version: info.version, threads: info.threads };
console.log(JSON.stringify(result));
