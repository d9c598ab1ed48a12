import { checkOptions, optionTable, Sequential } from '@espalier/core';
import { Conv2D, Dense, Flatten, MaxPooling2D } from '@espalier/layers';

/** Options of {@link mnistCnn}. */
export interface MnistCnnOptions {
  /** Decides the initial weights and the order of training. Default: drawn at random. */
  readonly seed?: number;
  /** Default `mnist-cnn`. */
  readonly name?: string;
}

const mnistCnnOptions = /* @__PURE__ */ optionTable<MnistCnnOptions>('mnistCnn', { seed: 'integer', name: 'string' });

/**
 * A small convolutional network for digits: `[28, 28, 1]` with values from 0 to 1 in, ten probabilities out.
 * 32 filters of 3×3 with ReLU, maximum over 2×2, and one dense layer with softmax; 54,410 parameters.
 *
 * @example
 * ```ts
 * import { mnistCnn } from '@espalier/models-zoo';
 *
 * const model = mnistCnn({ seed: 1 });
 * if (model.countParameters().total !== 54_410) throw new Error('another model');
 * ```
 */
export function mnistCnn(options: MnistCnnOptions = {}): Sequential {
  const { seed, name = 'mnist-cnn' } = checkOptions(options, mnistCnnOptions);
  return new Sequential(
    [
      new Conv2D({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      new MaxPooling2D({ poolSize: 2 }),
      new Flatten(),
      new Dense({ units: 10, activation: 'softmax' }),
    ],
    { name, ...(seed !== undefined && { seed }) },
  );
}
