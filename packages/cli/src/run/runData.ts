import type { Json } from '@espalier/core';
import type { LabelledExamples, LoadedData, Recipe } from '../recipes/Recipe.js';
import { firstOf, ModelInputs } from './ModelInputs.js';

/** The data of a run, as its model computes with it. */
export interface RunData {
  readonly train: ModelInputs;
  readonly test: ModelInputs;
  /** The test data, for people to look at. */
  readonly shown: LabelledExamples<unknown>;
  /** What was learned from the training data; see {@link Recipe.learn}. */
  readonly preparation: Json | undefined;
}

/**
 * What a run trains on and is measured with.
 * @param known What an earlier run learned about the data; left out, it is learned now, from what is trained on.
 */
export function runData(
  recipe: Recipe,
  loaded: LoadedData<unknown>,
  limits: { readonly limitTrain: number | null; readonly limitTest: number | null },
  known?: Json,
): RunData {
  const train = firstOf(loaded.train, limits.limitTrain);
  const shown = firstOf(loaded.test, limits.limitTest);
  const preparation = known ?? recipe.learn?.(train.examples);
  return {
    train: ModelInputs.labelled(recipe, train, preparation),
    test: ModelInputs.labelled(recipe, shown, preparation),
    shown,
    preparation,
  };
}
