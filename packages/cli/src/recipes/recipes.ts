import { CheckpointError, nearestNames } from '@espalier/core';
import { mnistCnn } from './mnistCnn.js';
import type { Recipe } from './Recipe.js';
import { sentencesLstm } from './sentencesLstm.js';
import { spamLstm } from './spamLstm.js';

/** All recipes that `espalier train` knows. */
export const recipes: readonly Recipe[] = [mnistCnn, sentencesLstm, spamLstm];

/** The names of all recipes. */
export const recipeNames: readonly string[] = recipes.map(({ name }) => name);

/** The recipe of that name, if there is one. */
export function findRecipe(name: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.name === name);
}

/** The recipe that a run was trained with. @throws CheckpointError where this version has none of that name. */
export function recipeOfRun(name: string, file: string): Recipe {
  const recipe = findRecipe(name);
  if (recipe !== undefined) return recipe;
  const near = nearestNames(name, recipeNames);
  throw new CheckpointError({
    where: file,
    problem: `this version has no recipe '${name}'`,
    expected: (near.length > 0 ? near : recipeNames).join(', '),
    got: name,
    mend: 'use the version of @espalier/cli that trained the run',
  });
}
