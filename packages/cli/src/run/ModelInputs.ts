import { ArrayDataset, type Json } from '@espalier/core';
import type { LabelledExamples, Recipe } from '../recipes/Recipe.js';
import type { Seen } from '../recipes/Seen.js';

/**
 * Examples as a model computes with them. Only what a recipe has seen goes in, and `train`, `evaluate` and `predict` all
 * make their numbers here.
 */
export class ModelInputs {
  readonly dataset: ArrayDataset;

  private constructor(dataset: ArrayDataset) {
    this.dataset = dataset;
  }

  get size(): number {
    return this.dataset.size;
  }

  /** To train on, or to measure with. */
  static labelled<E>(
    recipe: Recipe<unknown, E>,
    { examples, labels }: LabelledExamples<E>,
    preparation: Json | undefined,
  ): ModelInputs {
    return new ModelInputs(
      new ArrayDataset({ inputs: recipe.encode(examples, preparation), targets: recipe.targets(labels) }),
    );
  }

  /** To predict. */
  static unlabelled<E>(
    recipe: Recipe<unknown, E>,
    examples: readonly Seen<E>[],
    preparation: Json | undefined,
  ): ModelInputs {
    return new ModelInputs(new ArrayDataset({ inputs: recipe.encode(examples, preparation) }));
  }
}

/** The first `limit` examples, or all. */
export function firstOf<E>({ examples, labels }: LabelledExamples<E>, limit: number | null): LabelledExamples<E> {
  const end = Math.min(limit ?? examples.length, examples.length);
  return { examples: examples.slice(0, end), labels: Array.from({ length: end }, (_, i) => labels[i]!) };
}
