import { suggestNames } from '@espalier/core';
import { InvalidArgumentError } from 'commander';
import { backends } from '../backends.js';
import type { Recipe } from '../recipes/Recipe.js';
import { findRecipe, recipeNames } from '../recipes/recipes.js';

/** Reads a whole number from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    // Number('') is 0, and 1e3 is a number that nobody means to type here.
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  };
}

/** Reads a number above 0, such as `0.001` or `1e-3`. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** Finds a recipe by its name. */
export function recipeArgument(name: string): Recipe {
  const recipe = findRecipe(name);
  if (recipe !== undefined) return recipe;
  throw new InvalidArgumentError(`There is no such recipe; ${suggestNames(name, recipeNames)}`);
}

/** Checks the name of a backend. */
export function backendOption(name: string): string {
  const names = backends.map((entry) => entry.name);
  if (names.includes(name)) return name;
  throw new InvalidArgumentError(`There is no such backend; ${suggestNames(name, names)}`);
}
