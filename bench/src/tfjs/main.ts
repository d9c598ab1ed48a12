import * as tfc from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { examples } from '../examples.js';
import { report, time } from '../time.js';
import { type Workload, type WorkloadName, workloads } from '../workloads.js';
import { models } from './models.js';

const name = process.argv[2] as WorkloadName;
const workload: Workload = workloads[name];
const backend = process.argv[3] as 'wasm' | 'cpu';
if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
else await import('@tensorflow/tfjs-backend-cpu');
const mended = process.argv[4] === 'mended';
if (mended) (await import('./segmentSum.js')).registerSegmentSum();
await tfc.setBackend(backend);
await tfc.ready();

const model = models[name]();
const data = examples(name);
const inputs = tfc.tensor(data.inputs, data.inputShape);

async function infer() {
  const output = model.predict(inputs) as tfc.Tensor;
  await output.data();
  output.dispose();
}

async function train() {
  model.compile({
    optimizer: tfc.train.adam(0.001),
    loss: workload.classes === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy',
  });
  const targets = tfc.tensor(data.targets, data.targetShape);
  return time(() => model.trainOnBatch(inputs, targets));
}

const timing = workload.inference ? await time(infer) : await train();
report({ ...timing, version: tfl.version_layers, threads: 1 });
