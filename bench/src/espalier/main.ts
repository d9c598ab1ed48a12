import { wasm } from '@espalier/backend-wasm';
import { activateBackend } from '@espalier/core';
import { Adam } from '@espalier/optimizers';
import { tensor } from '@tensorflow/tfjs-core';
import { examples } from '../examples.js';
import { report, time } from '../time.js';
import { type Workload, type WorkloadName, workloads } from '../workloads.js';
import { models } from './models.js';

const name = process.argv[2] as WorkloadName;
const workload: Workload = workloads[name];
const info = await activateBackend(wasm({ threads: Number(process.argv[3]) }));
const model = models[name]();
const data = examples(name);
const inputs = tensor(data.inputs, data.inputShape);

async function infer() {
  const output = await model.predict(inputs);
  await output.data();
  output.dispose();
}

async function train() {
  model.compile({
    optimizer: new Adam(),
    loss: workload.classes === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy',
  });
  const batch = { inputs, targets: tensor(data.targets, data.targetShape), size: data.batch };
  return time(() => model.trainStep(batch));
}

const timing = workload.inference ? await time(infer) : await train();
report({ ...timing, version: `over tfjs-core ${info.version}, SIMD ${info.simd}`, threads: info.threads ?? 1 });
