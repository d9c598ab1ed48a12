import { DataError, isEspalierError, type Json, type Optimizer } from '@espalier/core';
import { padSequences, Tokenizer, textToWords } from '@espalier/datasets';
import { lstmClassifier } from '@espalier/models-zoo';
import { Adam } from '@espalier/optimizers';
import { type RawText, textInput } from '../inputs/textInput.js';
import type { LoadOptions, Recipe, RecipeDefaults } from './Recipe.js';
import { type Seen, seeing } from './Seen.js';

/** Texts as a recipe sees them, with their classes. */
export interface SeenTexts {
  readonly texts: readonly Seen<string>[];
  readonly labels: readonly number[];
}

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
  /** The text in what is raw: a mail's subject and body, say. */
  textOf(raw: RawText): string;
  /** What is done to a text before it is cut into words. */
  prepare?(text: string): string;
  /** Loads the data set. Its texts go through `see`, as those of the command line do. */
  texts(
    options: LoadOptions,
    see: (raw: RawText) => Seen<string>,
  ): Promise<{ readonly train: SeenTexts; readonly test: SeenTexts }>;
}

const UNKNOWN = '<unknown>';

/** A recipe with an LSTM that tells two kinds of texts apart. */
export function textClassifier(parts: TextClassifierParts): Recipe<RawText, string> {
  const { vocabulary, length, prepare = (text: string) => text } = parts;
  const see = seeing(parts.textOf);
  return {
    ...parts,
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
    input: textInput,
    see,
    async load(options) {
      const { train, test } = await parts.texts(options, see);
      return {
        train: { examples: train.texts, labels: train.labels },
        test: { examples: test.texts, labels: test.labels },
      };
    },
    learn: (texts) => JSON.parse(JSON.stringify(fitted(texts.map(prepare), vocabulary))) as Json,
    model: ({ seed }) => lstmClassifier({ vocabulary, length, seed, name: parts.name }),
    optimizer: parts.optimizer ?? ((learningRate) => new Adam({ learningRate })),
    encode: (texts, preparation) =>
      // Padding in front: the LSTM's last state is read, and it should have just seen a word.
      padSequences(
        read(preparation)
          .textsToSequences(texts.map(prepare))
          .map((sequence) => withoutMiddle(sequence, length)),
        { maxlen: length, padding: 'pre' },
      ),
    targets: (labels) => ({ data: Float32Array.from(labels), shape: [1] }),
    decode: (output) => [1 - output[0]!, output[0]!],
  };
}

/** The first and the last words of a long text: how it opens and how it closes say most about it. */
export function withoutMiddle<T>(sequence: readonly T[], length: number): readonly T[] {
  if (sequence.length <= length) return sequence;
  const opening = Math.ceil(length / 2);
  return [...sequence.slice(0, opening), ...sequence.slice(sequence.length - (length - opening))];
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
  const mend = 'restore the file from a copy, or train again';
  if (preparation === undefined) {
    throw new DataError({ where: 'tokenizer.json', problem: 'the vocabulary of the run is missing', mend });
  }
  try {
    return Tokenizer.fromJSON(JSON.stringify(preparation));
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    throw new DataError({ mend, ...error.parts, where: `tokenizer.json, ${error.parts.where}` });
  }
}
