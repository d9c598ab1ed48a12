// Trains a small convolutional network and prints what ran and what came of it: `node network.mjs [threads]`.
import { createHash } from 'node:crypto';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, Sequential } from '@espalier/core';
import { Conv2D, Dense, Flatten, MaxPooling2D } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';

const asked = process.argv[2];
const { threads, simd } = await activateBackend(asked === undefined ? wasm() : wasm({ threads: Number(asked) }));
const model = new Sequential(
  [
    new Conv2D({ filters: 16, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
    new Conv2D({ filters: 16, kernelSize: 3, groups: 4, activation: 'relu' }),
    new MaxPooling2D({ poolSize: 2 }),
    new Flatten(),
    new Dense({ units: 10, activation: 'softmax' }),
  ],
  { seed: 42 },
);
model.compile({ optimizer: new Adam(), loss: 'sparseCategoricalCrossentropy' });

const shape = [28, 28, 1];
const pixels = Float32Array.from({ length: 128 * 784 }, (_, i) => ((i * 2_654_435_761) % 97) / 97);
const labels = Float32Array.from({ length: 128 }, (_, i) => i % 10);
await model.fit({ data: pixels, shape }, { data: labels, shape: [1] }, { epochs: 2 });

const hash = createHash('sha256');
for (const [path, { value }] of model.parameters()) hash.update(path).update(await value.data());
console.log(JSON.stringify({ threads, simd, weights: hash.digest('hex') }));
