import { CheckpointError, ValueError } from '@espalier/core';
import type { Recipe } from '../recipes/Recipe.js';
import { type OpenRun, openRun } from './loadTrained.js';
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
  readonly startFrom?: string;
  readonly resume?: string;
}

/** What is to be trained, and where it is kept. */
export interface TrainPlan {
  readonly recipe: Recipe;
  readonly settings: RunSettings;
  /** The run to go on with. */
  readonly resumed?: { readonly run: RunDirectory; readonly manifest: RunManifest };
  /** The run whose weights and vocabulary it begins with. */
  readonly startFrom?: OpenRun;
}

/** A new run of a recipe. */
export async function planNew(recipe: Recipe, flags: TrainFlags, defaultBackend: string): Promise<TrainPlan> {
  if (flags.out !== undefined) RunDirectory.requireFree(flags.out);
  const { defaults } = recipe;
  return {
    recipe,
    ...(flags.startFrom !== undefined && { startFrom: await openFor(recipe, flags.startFrom, '--start-from') }),
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
  const { run, manifest, recipe: recorded } = await openFor(recipe, path, '--resume');
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
      mend: 'give more epochs, or start a new run',
    });
  }
  const checkpointEvery = flags.checkpointEvery ?? manifest.settings.checkpointEvery;
  // A run that was killed before its first checkpoint begins again as it began.
  const begunFrom = manifest.status === 'starting' ? manifest.startFrom : undefined;
  return {
    recipe: recorded,
    settings: { ...manifest.settings, epochs, checkpointEvery },
    resumed: { run, manifest },
    ...(begunFrom !== undefined && { startFrom: await openRun(begunFrom) }),
  };
}

/** Opens a run. @throws ValueError where it is one of another recipe. */
async function openFor(recipe: Recipe | undefined, path: string, option: string): Promise<OpenRun> {
  const opened = await openRun(path);
  if (recipe === undefined || recipe.name === opened.recipe.name) return opened;
  throw new ValueError({
    where: option,
    problem: `'${path}' is a run of another recipe`,
    expected: opened.recipe.name,
    got: recipe.name,
    mend: option === '--resume' ? 'leave the recipe out: the run knows it' : `train ${opened.recipe.name} from it`,
  });
}

/** @throws CheckpointError where a run is said to be finished without figures: its file was changed by hand. */
export function resultOf(manifest: RunManifest, file: string): Readonly<Record<string, number>> {
  if (manifest.result !== undefined) return manifest.result;
  throw new CheckpointError({ where: file, problem: "the run is finished but has no 'result'", mend: 'train again' });
}
