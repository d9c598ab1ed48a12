import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { blockUntilReady, defaultDevice, init, jit, numpy as np } from '@jax-js/jax';
import { examples } from '../examples.js';
import { report, time } from '../time.js';
import { type Workload, type WorkloadName, workloads } from '../workloads.js';
import { freshSlots, learningRateAt, trainingStep } from './adam.js';
import { models } from './models.js';

// It asks for a GPU there, which Node 20 has no object to ask at.
if (globalThis.navigator === undefined) Object.assign(globalThis, { navigator: {} });
await init('wasm');
defaultDevice('wasm');

const name = process.argv[2] as WorkloadName;
const workload: Workload = workloads[name];
const { parameters, forward } = models[name]!();
const data = examples(name);
const array = (values: Float32Array<ArrayBuffer>, shape: number[]) => np.array(values, { shape });
// Images have their channels first here.
const shape = data.inputShape.length === 4 ? [0, 3, 1, 2].map((axis) => data.inputShape[axis]!) : data.inputShape;
const x = array(data.inputs, shape);

async function infer() {
  const run = jit(forward);
  return time(async () => {
    const output = run(
      parameters.map((one) => one.ref),
      x.ref,
    );
    await output.data();
  });
}

async function train() {
  const y = array(data.targets, data.targetShape);
  const step = jit(trainingStep(forward));
  let state = [parameters, freshSlots(parameters), freshSlots(parameters)] as const;
  let steps = 0;
  return time(async () => {
    const [loss, ...next] = step(...state, np.array(learningRateAt(++steps)), x.ref, y.ref);
    state = next;
    await blockUntilReady(next);
    await loss.data();
  });
}

const timing = workload.inference ? await infer() : await train();
const entry = createRequire(import.meta.url).resolve('@jax-js/jax');
const { version } = JSON.parse(readFileSync(new URL('../package.json', `file://${entry}`), 'utf8'));
report({ ...timing, version, threads: 1 });
