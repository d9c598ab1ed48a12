import { suggestNames } from '@espalier/core';
import { InvalidArgumentError } from 'commander';
import { backendNames } from '../backends.js';
import type { Recipe } from '../recipes/Recipe.js';
import { findRecipe, recipeNames } from '../recipes/recipes.js';

/** More than any of these options has use for: epochs, steps, examples of a batch. */
const MANY = 1_000_000_000;

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(least: number, most = MANY): (text: string) => number {
  const range = most >= MANY ? `a whole number, ${least} or more` : `a whole number, ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    // Number('') is 0, and 1e3 or 1_000 are numbers that nobody means to type here.
    const digits = /^\d+$/.test(text);
    if (digits && value >= least && value <= most) return value;
    const meant = Number.isInteger(value) && /e/i.test(text) && value >= least && value <= most;
    throw new InvalidArgumentError(
      digits && value > most && most >= MANY
        ? `It must be at most ${most}.`
        : `It must be ${range}, in digits${meant ? `: ${value}` : `, such as ${Math.max(least, 1)}`}.`,
    );
  };
}

/** The greatest seed; from there on, neighbours are the same number. */
export const GREATEST_SEED = Number.MAX_SAFE_INTEGER;

/** Reads a number above 0, such as `0.001` or `1e-3`. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0, such as 0.001.');
}

/** Finds a recipe by its name. */
export function recipeArgument(name: string): Recipe {
  const recipe = findRecipe(name);
  if (recipe !== undefined) return recipe;
  throw new InvalidArgumentError(`There is no such recipe; ${suggestNames(name, recipeNames)}`);
}

/** Checks the name of a backend. */
export function backendOption(name: string): string {
  if (backendNames.includes(name)) return name;
  throw new InvalidArgumentError(`There is no such backend; ${suggestNames(name, backendNames)}`);
}

/** A text that is collected where an option is given more than once. */
export function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
