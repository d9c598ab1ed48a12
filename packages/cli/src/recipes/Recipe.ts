import type { Column, Json, LossSpec, MetricSpec, Optimizer, Sequential } from '@espalier/core';
import type { InputKind } from '../inputs/InputKind.js';
import type { Seen } from './Seen.js';

/** What a recipe trains with unless the command line says otherwise. */
export interface RecipeDefaults {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** Which data a run uses. */
export interface LoadOptions {
  /** Decides the split, where the data set has none of its own. */
  readonly seed: number;
  /** At most how many examples are needed; more may come. Default all. */
  readonly limitTrain?: number | null | undefined;
  readonly limitTest?: number | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Examples with their true classes. */
export interface LabelledExamples<E> {
  readonly examples: readonly Seen<E>[];
  /** The class of each, an index into {@link Recipe.classes}. */
  readonly labels: ArrayLike<number>;
}

/** A data set as a recipe sees it. */
export interface LoadedData<E> {
  readonly train: LabelledExamples<E>;
  readonly test: LabelledExamples<E>;
}

/**
 * Everything the command needs to train a model and to use it: a recipe is one object of this kind in a file of its
 * own and one line in `recipes.ts`.
 *
 * `R` is what is raw: a picture of any size, the bytes of a mail. `E` is what becomes of it: an image of the size that
 * the model takes, the text of the mail. What the model computes with is made of `E` alone, so that a file on the command
 * line and the same example of the data set are the same numbers.
 */
export interface Recipe<R = unknown, E = unknown> {
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
  /** How inputs are read from the command line, and shown. */
  readonly input: InputKind<R, E>;
  /** An input of `espalier predict` to try, as it is typed. */
  readonly sampleInput: string;
  /** The one way in. @throws DataError where there is nothing to see. */
  see(raw: R): Seen<E>;
  /** Loads the data set; the same options give the same data, bit for bit. */
  load(options: LoadOptions): Promise<LoadedData<E>>;
  /**
   * What is learned from the training data and needed to encode more, such as a vocabulary; kept in the run directory.
   * Absent where encoding needs nothing.
   */
  learn?(examples: readonly Seen<E>[]): Json;
  /** The model before training. */
  model(options: { readonly seed: number }): Sequential;
  optimizer(learningRate: number): Optimizer;
  /**
   * Examples as the model computes with them.
   * @param preparation What {@link learn} gave, perhaps by way of a file.
   */
  encode(examples: readonly Seen<E>[], preparation: Json | undefined): Column;
  /** The true classes as the loss takes them. */
  targets(labels: ArrayLike<number>): Column;
  /** The probability of each class from one row of the model's output. */
  decode(output: ArrayLike<number>): readonly number[];
}
