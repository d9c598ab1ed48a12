import { checkOptions, optionTable, Sequential } from '@espalier/core';
import { Dense, Embedding, LSTM } from '@espalier/layers';

/** Options of {@link lstmClassifier}. */
export interface LstmClassifierOptions {
  /** How many word indices there are, 0 for padding among them. Default 1000. */
  readonly vocabulary?: number;
  /** How many numbers stand for a word. Default 64. */
  readonly embedding?: number;
  /** The size of the LSTM's state. Default 64. */
  readonly units?: number;
  /** The number of words in a text, where all are padded to the same. Default: any. */
  readonly length?: number;
  /** Decides the initial weights and the order of training. Default: drawn at random. */
  readonly seed?: number;
  /** Default `lstm-classifier`. */
  readonly name?: string;
}

const lstmClassifierOptions = /* @__PURE__ */ optionTable<LstmClassifierOptions>('lstmClassifier', {
  vocabulary: 'integer',
  embedding: 'integer',
  units: 'integer',
  length: 'integer',
  seed: 'integer',
  name: 'string',
});

/**
 * Tells two kinds of texts apart: word indices `[length]` in, the probability of the second kind out, `[1]`.
 * An embedding, one LSTM whose last state is read by a dense unit with sigmoid; 97,089 parameters by default.
 *
 * The last step counts, so texts are best padded and truncated in front, as `padSequences` does by default.
 *
 * @throws ValueError where a size is not a positive integer.
 *
 * @example
 * ```ts
 * import { lstmClassifier } from '@espalier/models-zoo';
 *
 * const model = lstmClassifier({ vocabulary: 500, length: 20, seed: 1 });
 * if (model.countParameters().total !== 500 * 64 + 4 * 64 * (64 + 64 + 1) + 65) throw new Error('another model');
 * ```
 */
export function lstmClassifier(options: LstmClassifierOptions = {}): Sequential {
  const {
    vocabulary = 1000,
    embedding = 64,
    units = 64,
    length = null,
    seed,
    name = 'lstm-classifier',
  } = checkOptions(options, lstmClassifierOptions);
  return new Sequential(
    [
      new Embedding({ inputDim: vocabulary, outputDim: embedding, inputShape: [length] }),
      new LSTM({ units }),
      new Dense({ units: 1, activation: 'sigmoid' }),
    ],
    { name, ...(seed !== undefined && { seed }) },
  );
}
