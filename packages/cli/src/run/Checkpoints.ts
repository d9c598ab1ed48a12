import { Callback, type FitProgress, saveCheckpoint } from '@espalier/core';
import type { RunDirectory } from './RunDirectory.js';

/** How many checkpoints a run directory keeps: the newest, and one before it in case it is damaged later. */
const KEEP = 2;

/** Epochs that end sooner than this after the last checkpoint, in milliseconds, are not worth one of their own. */
const SPARE = 2000;

/** How often it is looked whether the run directory is still there, in milliseconds: work without it is in vain. */
const LOOK = 500;

/**
 * Saves checkpoints: before the first step, so that a run can be resumed from its very beginning; after an epoch, when
 * the last checkpoint is two seconds old or training is done; and every `everySteps` steps of training where asked.
 */
export class Checkpoints extends Callback {
  override readonly name = 'checkpoints';
  override readonly runsLast = true;
  readonly #run: RunDirectory;
  readonly #everySteps: number;
  readonly #onSaved: () => Promise<void>;
  #saved: FitProgress | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param resumed Where the run was taken up, which need not be saved once more.
   * @param saved Told that there is a checkpoint.
   */
  constructor(
    run: RunDirectory,
    everySteps: number | null,
    resumed: FitProgress | undefined,
    saved: () => Promise<void>,
  ) {
    super();
    this.#onSaved = saved;
    this.#run = run;
    this.#everySteps = everySteps ?? Number.POSITIVE_INFINITY;
    this.#saved = resumed;
  }

  override async onTrainBegin(): Promise<void> {
    await this.save();
  }

  override async onTrainBatchEnd(): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedAt > LOOK) {
      this.#lookedAt = now;
      this.#run.requirePresent();
    }
    if (this.model.optimizer.iterations % this.#everySteps === 0) await this.save();
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    if (epoch + 1 === this.params.epochs || performance.now() - this.#savedAt > SPARE) await this.save();
  }

  /** Saves where training stands now, unless that is saved already. */
  async save(): Promise<void> {
    const { progress } = this.model;
    if (progress === undefined || isSamePlace(progress, this.#saved)) return;
    await this.saveTo(this.#run);
    this.#saved = progress;
    this.#savedAt = performance.now();
    await this.#onSaved();
  }

  /** Saves where training stands now into a run directory. */
  async saveTo({ storage }: RunDirectory): Promise<void> {
    const { model } = this;
    const { optimizer, progress } = model;
    if (progress === undefined) return;
    await saveCheckpoint(storage, { model, optimizer, callbacks: this.params.callbacks, progress, keep: KEEP });
  }
}

function isSamePlace(one: FitProgress, other: FitProgress | undefined): boolean {
  return one.epoch === other?.epoch && one.batch === other.batch;
}
