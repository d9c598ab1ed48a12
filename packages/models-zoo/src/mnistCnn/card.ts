import type { ModelCard } from '../ModelCard.js';

/** The card of {@link mnistCnn}. */
export const mnistCnnCard: ModelCard = {
  name: 'mnist-cnn',
  title: 'Handwritten digits: an image of 28×28 to ten probabilities',
  architecture: 'Conv2D 32 3×3 ReLU, MaxPooling2D 2×2, Flatten, Dense 10 softmax',
  parameters: 54_410,
  results: [
    {
      data: 'the test set of MNIST',
      metric: 'accuracy',
      value: 0.9769,
      training: 'one epoch, mean of seeds 0 to 11 (0.9737 to 0.9805), wasm backend',
      command: 'npx @espalier/cli train mnist-cnn --epochs 1',
    },
    {
      data: 'the test set of MNIST',
      metric: 'accuracy',
      value: 0.9854,
      training: 'ten epochs, seed 0, wasm backend',
      command: 'npx @espalier/cli train mnist-cnn',
    },
  ],
};
