import { ArrayDataset, DataError, isEspalierError, type Json, type Optimizer } from '@espalier/core';
import { type LabelledTexts, padSequences, Tokenizer, textToWords } from '@espalier/datasets';
import { lstmClassifier } from '@espalier/models-zoo';
import { Adam } from '@espalier/optimizers';
import { textInput } from '../inputs/textInput.js';
import { firstExamples } from './firstExamples.js';
import type { DataOptions, Recipe, RecipeDefaults } from './Recipe.js';

/** What tells recipes for two kinds of texts apart. */
export interface TextClassifierParts {
  readonly name: string;
  readonly title: string;
  readonly dataset: string;
  readonly defaults: RecipeDefaults;
  /** The names of the classes 0 and 1. */
  readonly classes: readonly [string, string];
  readonly sampleInput: string;
  /** Word indices, 0 for padding and 1 for unknown words among them. */
  readonly vocabulary: number;
  /** Words that the model sees of a text. */
  readonly length: number;
  /** Default: Adam with a constant rate. */
  optimizer?(learningRate: number): Optimizer;
  /** What is done to a text before it is cut into words. */
  prepare?(text: string): string;
  texts(options: DataOptions): Promise<{ readonly train: LabelledTexts; readonly test: LabelledTexts }>;
}

const UNKNOWN = '<unknown>';

/** A recipe with an LSTM that tells two kinds of texts apart. */
export function textClassifier(parts: TextClassifierParts): Recipe<string> {
  const { vocabulary, length, prepare = (text: string) => text } = parts;
  const inputs = (texts: readonly string[], tokenizer: Tokenizer) =>
    // Padding in front: the LSTM's last state is read, and it should have just seen a word.
    padSequences(
      tokenizer.textsToSequences(texts.map(prepare)).map((sequence) => withoutMiddle(sequence, length)),
      { maxlen: length, padding: 'pre' },
    );
  const dataset = ({ texts, labels }: LabelledTexts, tokenizer: Tokenizer) =>
    new ArrayDataset({
      inputs: inputs(texts, tokenizer),
      targets: { data: Float32Array.from(labels), shape: [1] },
    });
  return {
    ...parts,
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
    input: textInput,
    async data(options) {
      const { train, test } = await parts.texts(options);
      const known = take(train, options.limitTrain);
      const unseen = take(test, options.limitTest);
      const tokenizer =
        options.preparation === undefined ? fitted(known.texts.map(prepare), vocabulary) : read(options.preparation);
      return {
        train: dataset(known, tokenizer),
        test: dataset(unseen, tokenizer),
        examples: firstExamples(unseen.texts.length, (i) => ({ example: unseen.texts[i]!, label: unseen.labels[i]! })),
        preparation: JSON.parse(JSON.stringify(tokenizer)) as Json,
      };
    },
    model: ({ seed }) => lstmClassifier({ vocabulary, length, seed, name: parts.name }),
    optimizer: parts.optimizer ?? ((learningRate) => new Adam({ learningRate })),
    encode: (texts, preparation) => new ArrayDataset({ inputs: inputs(texts, read(preparation)) }),
    decode: (output) => [1 - output[0]!, output[0]!],
  };
}

/** The first and the last words of a long text: how it opens and how it closes say most about it. */
export function withoutMiddle<T>(sequence: readonly T[], length: number): readonly T[] {
  if (sequence.length <= length) return sequence;
  const opening = Math.ceil(length / 2);
  return [...sequence.slice(0, opening), ...sequence.slice(sequence.length - (length - opening))];
}

function take({ texts, labels }: LabelledTexts, limit = texts.length): LabelledTexts {
  return { texts: texts.slice(0, limit), labels: labels.slice(0, limit) };
}

/** A tokenizer that knows the most frequent words and has forgotten the others, which would fill its file. */
function fitted(texts: readonly string[], vocabulary: number): Tokenizer {
  const words = texts.map((text) => textToWords(text));
  const all = new Tokenizer({ numWords: vocabulary, oovToken: UNKNOWN });
  all.fitOnTexts(words);
  const kept = new Tokenizer({ numWords: vocabulary, oovToken: UNKNOWN });
  kept.fitOnTexts(words.map((one) => one.filter((word) => all.wordIndex.get(word)! < vocabulary)));
  return kept;
}

function read(preparation: Json | undefined): Tokenizer {
  if (preparation === undefined) {
    throw new DataError({ where: 'tokenizer.json', problem: 'the run has none', mend: 'train again' });
  }
  try {
    return Tokenizer.fromJSON(JSON.stringify(preparation));
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    throw new DataError({ ...error.parts, where: `tokenizer.json, ${error.parts.where}` });
  }
}
