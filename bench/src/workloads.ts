/** What is timed. */
export interface Workload {
  /** Its column in the table. */
  readonly title: string;
  /** Below the table: what it is, exactly. */
  readonly about: string;
  readonly inference?: boolean;
  /** With the batch in front. */
  readonly inputShape: readonly number[];
  /** What the inputs are: numbers from 0 to 1, or indices below this. */
  readonly vocabulary?: number;
  readonly classes: number;
}

export const LENGTH = 100;
export const VOCABULARY = 1000;

export const workloads = {
  cnn: {
    title: 'CNN',
    about: 'Conv2D 32 3×3 with ReLU, MaxPooling 2, Dense 10 with softmax, on 28×28×1',
    inputShape: [32, 28, 28, 1],
    classes: 10,
  },
  lstm: {
    title: 'LSTM',
    about: `Embedding ${VOCABULARY}×64, LSTM 64, Dense 1 with sigmoid, length ${LENGTH}; a batch repeats its words, as text does (Espalier projects each once)`,
    inputShape: [32, LENGTH],
    vocabulary: VOCABULARY,
    classes: 1,
  },
  mlp: {
    title: 'MLP',
    about: 'Dense 512, 512 with ReLU and 10 with softmax, on 784 numbers',
    inputShape: [32, 784],
    classes: 10,
  },
  cifar: {
    title: 'CIFAR CNN',
    about:
      'Conv2D 32, 32, MaxPooling 2, Conv2D 64, 64, MaxPooling 2, Dense 256, all 3×3 `same` with ReLU, Dense 10 with softmax, on 32×32×3',
    inputShape: [32, 32, 32, 3],
    classes: 10,
  },
  transformer: {
    title: 'Transformer',
    about:
      'one encoder block of 128 features and 4 heads at length 128: attention and a Dense 512 with GELU, Dense 128, each added to its input and layer-normalised; mean over time, Dense 10 with softmax',
    inputShape: [32, 128, 128],
    classes: 10,
  },
  mobilenet: {
    title: 'MobileNetV2',
    about:
      'width 1.0, 1,000 classes, random weights: inference on one image of 224×224×3, batch normalisation not folded',
    inference: true,
    inputShape: [1, 224, 224, 3],
    classes: 1000,
  },
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;

/** The inverted residual blocks of MobileNetV2: expansion, filters, how often, stride of the first. */
export const mobileNetV2Blocks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;
