// A convolutional network on MNIST, printed epoch by epoch: `npm start` in this folder, or `npx tsx main.ts 60000 5`.
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, EarlyStopping, LambdaCallback, Sequential } from '@espalier/core';
import { mnist } from '@espalier/datasets';
import { Conv2D, Dense, Dropout, Flatten, MaxPooling2D } from '@espalier/layers';
import { Adam, cosineDecay } from '@espalier/optimizers';

/** Trains on the first `examples` digits. @returns The accuracy on the test images. */
export async function trainDigits(examples: number, epochs: number, print = console.log): Promise<number> {
  await activateBackend(wasm());
  const { train, test } = await mnist();
  const data = train.take(examples);

  using model = new Sequential(
    [
      new Conv2D({ filters: 16, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      new MaxPooling2D({ poolSize: 2 }),
      new Flatten(),
      new Dropout({ rate: 0.2 }),
      new Dense({ units: 10, activation: 'softmax' }),
    ],
    { seed: 1 },
  );
  const decaySteps = Math.ceil(examples / 32) * epochs;
  model.compile({
    optimizer: new Adam({ learningRate: cosineDecay({ initialLearningRate: 0.002, decaySteps }) }),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  print(model.summary());
  await model.fit(data, {
    epochs,
    validationData: test.take(1000),
    callbacks: [
      new EarlyStopping({ monitor: 'valLoss', patience: 2, restoreBestWeights: true }),
      new LambdaCallback({ onEpochEnd: (epoch, logs) => print(`epoch ${epoch + 1}`, logs) }),
    ],
  });
  const { accuracy = 0 } = await model.evaluate(test.take(1000));
  return accuracy;
}

if (process.argv[1]?.endsWith('main.ts')) {
  const [examples = 6000, epochs = 2] = process.argv.slice(2).map(Number);
  console.log('test accuracy', await trainDigits(examples, epochs));
}
