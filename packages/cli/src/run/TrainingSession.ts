import {
  type BackendInfo,
  type FitProgress,
  type Logs,
  latestCheckpoint,
  restoreCheckpoint,
  type Sequential,
  saveWeights,
} from '@espalier/core';
import { version_core } from '@tensorflow/tfjs-core';
import type { RecipeData } from '../recipes/Recipe.js';
import type { Output } from '../terminal/Output.js';
import { rounded, TrainingProgress } from '../terminal/TrainingProgress.js';
import { version } from '../version.js';
import { Checkpoints } from './Checkpoints.js';
import { isInterrupted } from './Interruption.js';
import { RunDirectory } from './RunDirectory.js';
import { RUN_FORMAT, type RunManifest } from './RunManifest.js';
import type { TrainPlan } from './TrainPlan.js';

/** What a run of training came to. */
export interface TrainingOutcome {
  readonly run: RunDirectory;
  readonly manifest: RunManifest;
  /** Steps of the optimizer, those before a resume among them. */
  readonly steps: number;
  /** Seconds of training in this process. */
  readonly secondsHere: number;
  readonly stepsHere: number;
}

/** One process's part in a run: it makes or takes up the run directory, trains, and keeps what came out. */
export class TrainingSession {
  readonly plan: TrainPlan;
  readonly run: RunDirectory;
  readonly model: Sequential;
  readonly #data: RecipeData<unknown>;
  #manifest: RunManifest;
  #resume: FitProgress | undefined;

  private constructor(plan: TrainPlan, data: RecipeData<unknown>, backend: BackendInfo, out: string | undefined) {
    const { recipe, settings, resumed } = plan;
    this.plan = plan;
    this.#data = data;
    this.run = resumed?.run ?? RunDirectory.create(recipe.name, out);
    this.#manifest = {
      format: RUN_FORMAT,
      recipe: recipe.name,
      status: 'running',
      settings,
      backend: resumed?.manifest.backend ?? backend,
      versions: { espalier: version, tfjs: version_core, node: process.versions.node },
      trainSeconds: resumed?.manifest.trainSeconds ?? 0,
    };
    this.model = recipe.model({ seed: settings.seed });
    this.model.compile({
      optimizer: recipe.optimizer(settings.learningRate),
      loss: recipe.loss,
      metrics: recipe.metrics,
    });
  }

  /** Writes all that a resume needs but the first checkpoint; where a run goes on, takes up its newest checkpoint. */
  static async begin(
    plan: TrainPlan,
    data: RecipeData<unknown>,
    backend: BackendInfo,
    out?: string,
  ): Promise<TrainingSession> {
    const session = new TrainingSession(plan, data, backend, out);
    const { run, model } = session;
    if (plan.resumed === undefined) {
      await run.writeManifest(session.#manifest);
      await run.writeArchitecture(model.serialize());
      await run.writePreparation(data.preparation);
    } else if ((await latestCheckpoint(run.storage)) !== undefined) {
      session.#resume = await restoreCheckpoint(run.storage, { model, optimizer: model.optimizer });
      await run.writeManifest(session.#manifest);
    } else {
      // It was killed before its first step, and perhaps before these files were whole.
      await run.writeArchitecture(model.serialize());
      await run.writePreparation(data.preparation);
    }
    return session;
  }

  /** Where the run was taken up; undefined where it begins. */
  get resumedAt(): FitProgress | undefined {
    return this.#resume;
  }

  /**
   * Trains to the end and measures, and keeps weights, history and figures.
   * @throws the signal's reason after an interruption, when a checkpoint is saved.
   */
  async train(output: Output, signal: AbortSignal): Promise<TrainingOutcome> {
    const { model, run, plan } = this;
    const { epochs, batchSize, checkpointEvery } = plan.settings;
    const checkpoints = new Checkpoints(run.storage, checkpointEvery, this.#resume);
    const before = model.optimizer.iterations;
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      await model.fit(this.#data.train, {
        batchSize,
        epochs,
        validationData: this.#data.test,
        callbacks: [new TrainingProgress(output), checkpoints],
        signal,
        ...(this.#resume !== undefined && { resume: this.#resume }),
      });
      const secondsHere = seconds();
      const result = await model.evaluate(this.#data.test, { batchSize, signal });
      const { iterations } = model.optimizer;
      return {
        run,
        manifest: await this.#finish(result, secondsHere),
        steps: iterations,
        secondsHere,
        stepsHere: iterations - before,
      };
    } catch (error) {
      if (isInterrupted(error)) {
        await checkpoints.save();
        await this.#keep('interrupted', seconds());
      }
      throw error;
    }
  }

  async #finish(result: Logs, seconds: number): Promise<RunManifest> {
    await saveWeights(this.model, this.run.storage);
    // The status comes last: a run that says it is finished has its weights.
    return this.#keep('finished', seconds, result);
  }

  async #keep(status: RunManifest['status'], seconds: number, result?: Logs): Promise<RunManifest> {
    const trainSeconds = rounded(this.#manifest.trainSeconds + seconds);
    this.#manifest = { ...this.#manifest, status, trainSeconds, ...(result !== undefined && { result }) };
    await this.run.writeHistory(this.model.progress?.history ?? {});
    await this.run.writeManifest(this.#manifest);
    return this.#manifest;
  }
}
