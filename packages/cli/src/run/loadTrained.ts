import {
  CheckpointError,
  type HostTensor,
  isEspalierError,
  type Json,
  latestCheckpoint,
  loadWeights,
  modelFromConfig,
  readCheckpoint,
  readWeights,
  type Sequential,
} from '@espalier/core';
import { layerClasses } from '@espalier/layers';
import type { Recipe } from '../recipes/Recipe.js';
import { recipeOfRun } from '../recipes/recipes.js';
import { commandLine } from '../terminal/commandLine.js';
import { PREPARATION, RunDirectory, WEIGHTS } from './RunDirectory.js';
import type { RunManifest } from './RunManifest.js';

/** A run as it is before its weights are loaded, which takes a backend. */
export interface OpenRun {
  readonly run: RunDirectory;
  readonly manifest: RunManifest;
  readonly recipe: Recipe;
}

/** Opens a run directory. @throws CheckpointError where it is none, or `run.json` is damaged. */
export async function openRun(path: string): Promise<OpenRun> {
  const run = RunDirectory.open(path);
  const manifest = await run.manifest();
  return { run, manifest, recipe: recipeOfRun(manifest.recipe, run.storage.locate('run.json')) };
}

/**
 * What the recipe of a run learned about its data.
 * @throws CheckpointError where the recipe keeps something and the run has not got it.
 */
export async function preparationOf({ run, recipe }: Pick<OpenRun, 'run' | 'recipe'>): Promise<Json | undefined> {
  if (recipe.learn !== undefined) await run.requireFile(PREPARATION);
  return run.preparation();
}

/** A model with its weights, and what its recipe learned about the data. */
export interface TrainedModel {
  readonly model: Sequential;
  readonly preparation: Json | undefined;
  /** Where the weights come from, for people: `the end of training`, `epoch 3`. */
  readonly weightsFrom: string;
  /** Where they lie, for errors. */
  readonly weightsFile: string;
}

/**
 * Makes the model of a run: from the final weights or, where training is not finished, from the newest checkpoint.
 * @throws CheckpointError that names the file that is missing or damaged.
 */
export async function loadTrained({ run, manifest, recipe }: OpenRun): Promise<TrainedModel> {
  const preparation = await preparationOf({ run, recipe });
  const architecture = await run.architecture();
  let model: Sequential;
  try {
    model = modelFromConfig(architecture, layerClasses) as Sequential;
  } catch (error) {
    throw new CheckpointError({
      where: run.storage.locate('model.json'),
      problem: 'no model can be made of it',
      got: (error as Error).message,
      mend: 'restore the file from a copy, or train again',
      cause: error,
    });
  }
  if (manifest.status === 'finished') {
    await run.requireFile(WEIGHTS);
    load(model, await readWeights(run.storage), run.storage.locate(WEIGHTS));
    return { model, preparation, weightsFrom: 'the end of training', weightsFile: run.storage.locate(WEIGHTS) };
  }
  const id = await latestCheckpoint(run.storage);
  if (id === undefined) {
    throw new CheckpointError({
      where: run.storage.locate('checkpoints'),
      problem: 'the run has no complete checkpoint',
      got: run.lostCheckpoints,
      mend:
        manifest.status === 'starting'
          ? `start it again: ${commandLine('train', '--resume', run.path)}`
          : 'restore the folder from a copy, or train again',
    });
  }
  const { weights, progress } = await readCheckpoint(run.storage, id);
  const weightsFile = run.storage.locate(`checkpoints/${id}`);
  load(model, weights, weightsFile);
  const weightsFrom = `the checkpoint at epoch ${progress.epoch}, step ${progress.batch}`;
  return { model, preparation, weightsFrom, weightsFile };
}

/** @throws CheckpointError where weights do not fit the model, or are no numbers to compute with. */
function load(model: Sequential, weights: ReadonlyMap<string, HostTensor>, where: string): void {
  const mend = 'restore the file from a copy, or train again';
  for (const [path, { data }] of weights) {
    const at = data.findIndex((value: number) => !Number.isFinite(value));
    if (at === -1) continue;
    throw new CheckpointError({
      where,
      problem: `the weights of ${path} are not finite`,
      got: `${data[at]} at index ${at}`,
      mend,
    });
  }
  try {
    loadWeights(model, weights, where);
  } catch (error) {
    if (!isEspalierError(error, 'CheckpointError')) throw error;
    // What core tells programmers to do is no option of the command.
    throw new CheckpointError({ ...error.parts, mend });
  }
}
