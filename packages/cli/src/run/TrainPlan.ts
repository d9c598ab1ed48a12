import { CheckpointError, ValueError } from '@espalier/core';
import type { Recipe } from '../recipes/Recipe.js';
import { openRun } from './loadTrained.js';
import { RunDirectory } from './RunDirectory.js';
import type { RunManifest, RunSettings } from './RunManifest.js';

/** What the command line says about training; what is left out comes from the recipe or the run. */
export interface TrainFlags {
  readonly backend?: string;
  readonly threads?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly limitTrain?: number;
  readonly limitTest?: number;
  readonly checkpointEvery?: number;
  readonly out?: string;
  readonly resume?: string;
}

/** What is to be trained, and where it is kept. */
export interface TrainPlan {
  readonly recipe: Recipe;
  readonly settings: RunSettings;
  /** The run to go on with. */
  readonly resumed?: { readonly run: RunDirectory; readonly manifest: RunManifest };
}

/** A new run of a recipe. */
export function planNew(recipe: Recipe, flags: TrainFlags, defaultBackend: string): TrainPlan {
  if (flags.out !== undefined) RunDirectory.requireFree(flags.out);
  const { defaults } = recipe;
  return {
    recipe,
    settings: {
      backend: flags.backend ?? defaultBackend,
      threads: flags.threads ?? null,
      epochs: flags.epochs ?? defaults.epochs,
      batchSize: flags.batchSize ?? defaults.batchSize,
      learningRate: flags.learningRate ?? defaults.learningRate,
      seed: flags.seed ?? defaults.seed,
      limitTrain: flags.limitTrain ?? null,
      limitTest: flags.limitTest ?? null,
      checkpointEvery: flags.checkpointEvery ?? null,
    },
  };
}

/** What may be changed when a run is resumed: all else would make it another run. */
const MAY_CHANGE = ['epochs', 'checkpointEvery', 'resume'];

/**
 * An earlier run, to go on with.
 * @throws CheckpointError where there is no run; ValueError where flags contradict it.
 */
export async function planResume(path: string, recipe: Recipe | undefined, flags: TrainFlags): Promise<TrainPlan> {
  const { run, manifest, recipe: recorded } = await openRun(path);
  if (recipe !== undefined && recipe.name !== recorded.name) {
    throw new ValueError({
      where: '--resume',
      problem: `'${path}' is a run of another recipe`,
      expected: recorded.name,
      got: recipe.name,
      mend: 'leave the recipe out: the run knows it',
    });
  }
  for (const [flag, value] of Object.entries(flags)) {
    if (MAY_CHANGE.includes(flag) || value === undefined) continue;
    if (value === (manifest.settings as unknown as Record<string, unknown>)[flag]) continue;
    throw new ValueError({
      where: `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      problem: 'a resumed run keeps its settings, so that it ends as if it had never stopped',
      mend: 'leave the option out, or start a new run',
    });
  }
  const epochs = flags.epochs ?? manifest.settings.epochs;
  if (epochs < manifest.settings.epochs) {
    throw new ValueError({
      where: '--epochs',
      problem: 'a resumed run can be made longer, not shorter',
      expected: `${manifest.settings.epochs} or more`,
      got: String(epochs),
    });
  }
  const checkpointEvery = flags.checkpointEvery ?? manifest.settings.checkpointEvery;
  return { recipe: recorded, settings: { ...manifest.settings, epochs, checkpointEvery }, resumed: { run, manifest } };
}

/** @throws CheckpointError where a run is said to be finished without figures: its file was changed by hand. */
export function resultOf(manifest: RunManifest, file: string): Readonly<Record<string, number>> {
  if (manifest.result !== undefined) return manifest.result;
  throw new CheckpointError({ where: file, problem: "the run is finished but has no 'result'", mend: 'train again' });
}
