import * as tfc from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Timing, time } from './time.js';
import { BATCH, examples, LENGTH, VOCABULARY, type Workload } from './workloads.js';

const workload = process.argv[2] as Workload;
const backend = process.argv[3] as 'wasm' | 'cpu';
if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
else await import('@tensorflow/tfjs-backend-cpu');
await tfc.setBackend(backend);
await tfc.ready();

const layers = {
  cnn: () => [
    tfl.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
    tfl.layers.maxPooling2d({ poolSize: 2 }),
    tfl.layers.flatten(),
    tfl.layers.dense({ units: 10, activation: 'softmax' }),
  ],
  lstm: () => [
    tfl.layers.embedding({ inputDim: VOCABULARY, outputDim: 64, inputLength: LENGTH }),
    // Its default, orthogonal, needs a QR decomposition that registers no kernels here; the time of a step is the same.
    tfl.layers.lstm({ units: 64, recurrentInitializer: 'glorotUniform' }),
    tfl.layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
  mlp: () => [
    tfl.layers.dense({ units: 512, activation: 'relu', inputShape: [784] }),
    tfl.layers.dense({ units: 512, activation: 'relu' }),
    tfl.layers.dense({ units: 10, activation: 'softmax' }),
  ],
};
const model = tfl.sequential({ layers: layers[workload]() });
model.compile({
  optimizer: tfc.train.adam(0.001),
  loss: workload === 'lstm' ? 'binaryCrossentropy' : 'categoricalCrossentropy',
});
const { inputs, targets } = examples(workload);
const shapes = { cnn: [BATCH, 28, 28, 1], lstm: [BATCH, LENGTH], mlp: [BATCH, 784] };
const x = tfc.tensor(inputs, shapes[workload]);
const y = tfc.tensor(targets, [BATCH, targets.length / BATCH]);
const timing = await time(() => model.trainOnBatch(x, y));
const result: Timing = { ...timing, version: tfl.version_layers, threads: 1 };
console.log(JSON.stringify(result));
