import { cpu } from '@espalier/backend-cpu';
import { activateBackend, fileStorage, Sequential, saveCheckpoint } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';

// Run and killed by kill.test.ts: saves checkpoints as fast as it can, each with all weights equal to its step.
const [directory = ''] = process.argv.slice(2);
await activateBackend(cpu());
const model = new Sequential([new Dense({ units: 300, inputShape: [300] })], { seed: 1 });
model.compile({ optimizer: new Adam(), loss: 'meanSquaredError' });
await model.fit([new Array(300).fill(0)], [new Array(300).fill(0)], { epochs: 1 });
const { optimizer } = model;
for (let batch = 1; ; batch++) {
  for (const parameter of model.parameters().values()) parameter.assign(new Float32Array(parameter.size).fill(batch));
  const progress = { seed: 1, epoch: 0, batch, sums: {}, history: {} };
  await saveCheckpoint(fileStorage(directory), { model, optimizer, progress, keep: 2 });
  console.log(batch);
}
