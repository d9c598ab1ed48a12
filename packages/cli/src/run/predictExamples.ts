import type { Json, Sequential } from '@espalier/core';
import type { Recipe } from '../recipes/Recipe.js';

/** The probability of each class for each example. */
export async function predictExamples<E>(
  { model, preparation }: { readonly model: Sequential; readonly preparation: Json | undefined },
  recipe: Recipe<E>,
  examples: readonly E[],
): Promise<(readonly number[])[]> {
  const outputs = await model.predict(recipe.encode(examples, preparation));
  try {
    const values = await outputs.data();
    const width = values.length / examples.length;
    return examples.map((_, i) => recipe.decode(values.subarray(i * width, (i + 1) * width)));
  } finally {
    outputs.dispose();
  }
}
