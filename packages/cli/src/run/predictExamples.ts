import { CheckpointError, type Json, type Sequential } from '@espalier/core';
import type { Recipe } from '../recipes/Recipe.js';
import type { Seen } from '../recipes/Seen.js';
import { ModelInputs } from './ModelInputs.js';

/**
 * The probability of each class for each example.
 * @param where What errors name: the weights.
 * @throws CheckpointError where the model answers with something else than probabilities.
 */
export async function predictExamples<E>(
  { model, preparation }: { readonly model: Sequential; readonly preparation: Json | undefined },
  recipe: Recipe<unknown, E>,
  examples: readonly Seen<E>[],
  where: string,
): Promise<(readonly number[])[]> {
  const outputs = await model.predict(ModelInputs.unlabelled(recipe, examples, preparation).dataset);
  try {
    const values = await outputs.data();
    const width = values.length / examples.length;
    return examples.map((_, i) =>
      requireProbabilities(recipe.decode(values.subarray(i * width, (i + 1) * width)), where),
    );
  } finally {
    outputs.dispose();
  }
}

function requireProbabilities(values: readonly number[], where: string): readonly number[] {
  const bad = values.find((value) => !(value >= -1e-3 && value <= 1.001));
  if (bad === undefined) return values;
  throw new CheckpointError({
    where,
    problem: 'the model gives no probabilities: its weights are damaged, or its training went astray',
    expected: 'numbers from 0 to 1',
    got: String(bad),
    mend: 'restore the file from a copy, or train again with a lower --learning-rate',
  });
}
