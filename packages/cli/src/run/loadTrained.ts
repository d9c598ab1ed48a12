import {
  CheckpointError,
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
import { RunDirectory, WEIGHTS } from './RunDirectory.js';
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

/** A model with its weights, and what its recipe learned about the data. */
export interface TrainedModel {
  readonly model: Sequential;
  readonly preparation: Json | undefined;
  /** Where the weights come from, for people: `the end of training`, `epoch 3`. */
  readonly weightsFrom: string;
}

/**
 * Makes the model of a run: from the final weights or, where training is not finished, from the newest checkpoint.
 * @throws CheckpointError that names the file that is missing or damaged.
 */
export async function loadTrained({ run, manifest }: OpenRun): Promise<TrainedModel> {
  const preparation = await run.preparation();
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
    loadWeights(model, await readWeights(run.storage), run.storage.locate(WEIGHTS));
    return { model, preparation, weightsFrom: 'the end of training' };
  }
  const id = await latestCheckpoint(run.storage);
  if (id === undefined) {
    throw new CheckpointError({
      where: run.storage.locate('checkpoints'),
      problem: 'the run has no complete checkpoint yet',
      mend: `start it again with 'espalier train --resume ${run.path}'`,
    });
  }
  const { weights, progress } = await readCheckpoint(run.storage, id);
  loadWeights(model, weights, run.storage.locate(`checkpoints/${id}`));
  return { model, preparation, weightsFrom: `the checkpoint at epoch ${progress.epoch}, step ${progress.batch}` };
}
