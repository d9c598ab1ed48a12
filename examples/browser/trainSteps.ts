import { mnistCnn } from '@espalier/models-zoo';
import { Adam } from '@espalier/optimizers';
import { tensor } from '@tensorflow/tfjs-core';

/** What a few steps leave behind: the same program runs in Node and in the page. */
export interface TrainedSteps {
  readonly losses: number[];
  readonly weights: Record<string, number[]>;
}

const BATCH = 32;
const STEPS = 5;

/** Trains the digit network on made-up images whose class is the row of a bright bar. */
export async function trainSteps(show: (loss: number) => void = () => {}): Promise<TrainedSteps> {
  const model = mnistCnn({ seed: 11 });
  model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: 'categoricalCrossentropy' });
  const pixels = new Float32Array(BATCH * 784);
  const labels = new Float32Array(BATCH * 10);
  for (let image = 0; image < BATCH; image++) {
    const digit = image % 10;
    labels[image * 10 + digit] = 1;
    pixels.fill(1, image * 784 + digit * 56, image * 784 + digit * 56 + 28);
  }
  const batch = { inputs: tensor(pixels, [BATCH, 28, 28, 1]), targets: tensor(labels, [BATCH, 10]), size: BATCH };
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const { loss = Number.NaN } = await model.trainStep(batch);
    losses.push(loss);
    show(loss);
  }
  const weights: Record<string, number[]> = {};
  for (const [path, parameter] of model.parameters()) weights[path] = [...(await parameter.value.data())];
  model.dispose();
  return { losses, weights };
}
