import type { ArrayDataset, Json, LossSpec, MetricSpec, Optimizer, Sequential } from '@espalier/core';
import type { InputKind } from '../inputs/InputKind.js';

/** What a recipe trains with unless the command line says otherwise. */
export interface RecipeDefaults {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** Which data a run uses. */
export interface DataOptions {
  /** Decides the split, where the data set has none of its own. */
  readonly seed: number;
  /** At most how many examples to train on; the first ones. */
  readonly limitTrain?: number | undefined;
  /** At most how many examples to test on; the first ones. */
  readonly limitTest?: number | undefined;
  /** What an earlier run learned about the data; see {@link RecipeData.preparation}. */
  readonly preparation?: Json | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One example of the test set, to be shown. */
export interface LabelledExample<E> {
  readonly example: E;
  /** Its true class, an index into {@link Recipe.classes}. */
  readonly label: number;
}

/** What a recipe makes of its data set. */
export interface RecipeData<E> {
  readonly train: ArrayDataset;
  readonly test: ArrayDataset;
  /** Some examples of the test set, for people to look at. */
  readonly examples: readonly LabelledExample<E>[];
  /**
   * What was learned from the training data and is needed to encode more, such as a tokenizer; kept in the run
   * directory. Absent where encoding needs nothing.
   */
  readonly preparation?: Json | undefined;
}

/**
 * Everything the command needs to train a model and to use it: a recipe is one object of this kind in a file of its
 * own and one line in `recipes.ts`.
 *
 * `E` is what one example is to people: an image, a text.
 */
export interface Recipe<E = unknown> {
  /** What users type. */
  readonly name: string;
  /** One line: the model and the data. */
  readonly title: string;
  /** The name of the data set in `espalier datasets`. */
  readonly dataset: string;
  readonly defaults: RecipeDefaults;
  readonly loss: LossSpec;
  readonly metrics: readonly MetricSpec[];
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** How inputs are read from the command line and shown. */
  readonly input: InputKind<E>;
  /** An input of `espalier predict` to try, as it is typed. */
  readonly sampleInput: string;
  /** Loads the data set; the same options give the same data, bit for bit. */
  data(options: DataOptions): Promise<RecipeData<E>>;
  /** The model before training. */
  model(options: { readonly seed: number }): Sequential;
  optimizer(learningRate: number): Optimizer;
  /** Examples as the model reads them. */
  encode(examples: readonly E[], preparation: Json | undefined): ArrayDataset;
  /** The probability of each class from one row of the model's output. */
  decode(output: ArrayLike<number>): readonly number[];
}
