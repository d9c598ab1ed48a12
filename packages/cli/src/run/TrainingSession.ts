import { resolve } from 'node:path';
import {
  type BackendInfo,
  CheckpointError,
  type FitProgress,
  isEspalierError,
  type Logs,
  listCheckpoints,
  loadWeights,
  restoreCheckpoint,
  type Sequential,
  saveWeights,
  weightsOf,
} from '@espalier/core';
import { version_core } from '@tensorflow/tfjs-core';
import { commandLine } from '../terminal/commandLine.js';
import type { Output } from '../terminal/Output.js';
import { rounded, TrainingProgress } from '../terminal/TrainingProgress.js';
import { version } from '../version.js';
import { Checkpoints } from './Checkpoints.js';
import { isInterrupted } from './Interruption.js';
import { loadTrained } from './loadTrained.js';
import { RunDirectory } from './RunDirectory.js';
import { RUN_FORMAT, type RunManifest } from './RunManifest.js';
import { rescueFolder } from './rescueFolder.js';
import type { RunData } from './runData.js';
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
  readonly #data: RunData;
  #manifest: RunManifest;
  #resume: FitProgress | undefined;

  private constructor(plan: TrainPlan, data: RunData, backend: BackendInfo, run: RunDirectory) {
    const { recipe, settings, resumed, startFrom } = plan;
    this.plan = plan;
    this.run = run;
    this.#data = data;
    this.#manifest = {
      format: RUN_FORMAT,
      recipe: recipe.name,
      status: 'starting',
      settings,
      backend: resumed?.manifest.backend ?? backend,
      versions: { espalier: version, tfjs: version_core, node: process.versions.node },
      trainSeconds: resumed?.manifest.trainSeconds ?? 0,
      ...(startFrom !== undefined && { startFrom: resolve(startFrom.run.path) }),
    };
    this.model = recipe.model({ seed: settings.seed });
    this.model.compile({
      optimizer: recipe.optimizer(settings.learningRate),
      loss: recipe.loss,
      metrics: recipe.metrics,
    });
  }

  /**
   * Writes all that a resume needs but the first checkpoint; where a run goes on, takes up its newest checkpoint.
   * @throws CheckpointError where a run that was trained has lost its checkpoints; nothing of it is changed then.
   */
  static async begin(plan: TrainPlan, data: RunData, backend: BackendInfo, out?: string): Promise<TrainingSession> {
    const run = plan.resumed?.run ?? (await RunDirectory.create(plan.recipe.name, out));
    try {
      const session = new TrainingSession(plan, data, backend, run);
      if (plan.resumed === undefined || plan.resumed.manifest.status === 'starting') await session.#start();
      else await session.#takeUp();
      return session;
    } catch (error) {
      run.release();
      throw error;
    }
  }

  /** Where the run was taken up; undefined where it begins. */
  get resumedAt(): FitProgress | undefined {
    return this.#resume;
  }

  /**
   * Trains to the end and measures, and keeps weights, history and figures.
   * @throws the signal's reason after an interruption, when a checkpoint is saved; CheckpointError where the run directory
   * was removed meanwhile, which says where the state is kept instead.
   */
  async train(output: Output, signal: AbortSignal): Promise<TrainingOutcome> {
    const { model, run, plan } = this;
    const { epochs, batchSize, checkpointEvery } = plan.settings;
    const checkpoints = new Checkpoints(run, checkpointEvery, this.#resume, () => this.#begun());
    const before = model.optimizer.iterations;
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      await model.fit(this.#data.train.dataset, {
        batchSize,
        epochs,
        validationData: this.#data.test.dataset,
        callbacks: [new TrainingProgress(output), checkpoints],
        signal,
        ...(this.#resume !== undefined && { resume: this.#resume }),
      });
      const secondsHere = seconds();
      const result = await model.evaluate(this.#data.test.dataset, { batchSize, signal });
      const { iterations } = model.optimizer;
      return {
        run,
        manifest: await this.#finish(result, secondsHere),
        steps: iterations,
        secondsHere,
        stepsHere: iterations - before,
      };
    } catch (error) {
      if (!run.isPresent) throw await this.#rescue(checkpoints, seconds());
      if (isInterrupted(error)) {
        try {
          await checkpoints.save();
          await this.#keep('interrupted', seconds());
        } catch (failed) {
          throw run.isPresent ? failed : await this.#rescue(checkpoints, seconds());
        }
      }
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { run, model, plan } = this;
    if (plan.startFrom !== undefined) {
      const { model: other, weightsFile } = await loadTrained(plan.startFrom);
      try {
        model.initialize();
        loadWeights(model, await weightsOf(other), weightsFile);
      } finally {
        other.dispose();
      }
    }
    await run.writeManifest(this.#manifest);
    await run.writeArchitecture(model.serialize());
    await run.writePreparation(this.#data.preparation);
  }

  async #takeUp(): Promise<void> {
    const { run, model } = this;
    const checkpoints = await listCheckpoints(run.storage);
    const anew = commandLine('train', this.plan.recipe.name, '--start-from', run.path);
    if (checkpoints.length === 0) {
      throw new CheckpointError({
        where: run.storage.locate('checkpoints'),
        problem: 'the checkpoints of this run are gone, so it cannot go on where it stood',
        expected: 'a checkpoint that is complete',
        got: run.lostCheckpoints,
        mend: `put the folder back in its place, or begin a new run with the weights of this one: ${anew}`,
      });
    }
    try {
      this.#resume = await restoreCheckpoint(run.storage, { model, optimizer: model.optimizer });
    } catch (error) {
      if (!isEspalierError(error, 'CheckpointError') || checkpoints.length > 1) throw error;
      throw new CheckpointError({ ...error.parts, mend: `restore it from a copy, or begin a new run: ${anew}` });
    }
    await run.complete(model.serialize(), this.#data.preparation);
    await this.#begun();
  }

  /** From now on there is a checkpoint, and without one nothing starts over. */
  async #begun(): Promise<void> {
    if (this.#manifest.status === 'running') return;
    this.#manifest = { ...this.#manifest, status: 'running' };
    await this.run.writeManifest(this.#manifest);
  }

  async #finish(result: Logs, seconds: number): Promise<RunManifest> {
    const { run, model } = this;
    await run.complete(model.serialize(), this.#data.preparation);
    await saveWeights(model, run.storage);
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

  /** Keeps the state in another folder, as a run that can go on. */
  async #rescue(checkpoints: Checkpoints, seconds: number): Promise<unknown> {
    const { run, model, plan } = this;
    const lost = 'the directory of the run was removed or replaced while it trained';
    let other: RunDirectory | undefined;
    try {
      other = await RunDirectory.create(plan.recipe.name, rescueFolder(run.path));
      await other.writeManifest({ ...this.#manifest, status: 'starting' });
      await other.complete(model.serialize(), this.#data.preparation);
      await checkpoints.saveTo(other);
      await other.writeHistory(model.progress?.history ?? {});
      const trainSeconds = rounded(this.#manifest.trainSeconds + seconds);
      await other.writeManifest({ ...this.#manifest, status: 'interrupted', trainSeconds });
      return new CheckpointError({
        where: run.path,
        problem: lost,
        got: `what was trained so far is kept in ${other.path}`,
        mend: `go on with it: ${commandLine('train', '--resume', other.path)}`,
      });
    } catch (cause) {
      const got = `it could not be kept elsewhere: ${cause instanceof Error ? cause.message : String(cause)}`;
      return new CheckpointError({ where: run.path, problem: lost, got, mend: 'train again', cause });
    } finally {
      other?.release();
    }
  }
}
