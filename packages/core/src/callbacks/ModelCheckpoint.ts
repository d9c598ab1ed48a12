import type { Storage } from '../checkpoint/Storage.js';
import { saveInSeries } from '../checkpoint/saveCheckpoint.js';
import { StateError, TrainingError, ValueError } from '../errors/kinds.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { requireMethod } from '../options/requireMethod.js';
import type { FitProgress } from '../training/FitProgress.js';
import { Callback, type CallbackState, type Logs } from './Callback.js';
import { Monitor, type MonitorMode } from './Monitor.js';
import { requireAtLeast } from './requireAtLeast.js';

/** The options of {@link ModelCheckpoint}. */
export interface ModelCheckpointOptions {
  /** Where the checkpoints go. */
  readonly storage: Storage;
  /** When to save: after every epoch, or after this many batches. Default `epoch`. */
  readonly saveFreq?: 'epoch' | number;
  /** Whether to save only when the monitored figure is better than at any save before. Default false. */
  readonly saveBestOnly?: boolean;
  /** The figure of the logs that `saveBestOnly` compares; the logs of a batch have no `val…` figures. Default `valLoss`. */
  readonly monitor?: string;
  /** Default `auto`. */
  readonly mode?: MonitorMode;
  /**
   * How many of its own checkpoints to keep, those before a resume counted; others in the storage are left alone. Default
   * 2: should the newest be damaged, there is one before it.
   */
  readonly keep?: number;
  /** Called when a checkpoint is complete. */
  readonly onSave?: (saved: { readonly id: string; readonly progress: FitProgress }) => void | Promise<void>;
}

const modelCheckpointOptions = /* @__PURE__ */ optionTable<ModelCheckpointOptions>(
  'ModelCheckpoint',
  {
    storage: 'object!',
    saveFreq: 'string|integer',
    saveBestOnly: 'boolean',
    monitor: 'string',
    mode: 'string',
    keep: 'integer',
    onSave: 'function',
  },
  {
    later: {
      filepath: 'pass a storage: fileStorage(directory)',
      saveWeightsOnly: 'the optimizer is saved beside them',
      verbose: '',
      initialValueThreshold: '',
    },
  },
);

/**
 * Saves checkpoints while training: weights, optimizer, the states of all callbacks and where the run stands, so that
 * `restoreCheckpoint` and `fit({ resume })` go on exactly. Weights that are NaN or infinite end the run with a
 * TrainingError before anything is written, so the good checkpoints stay.
 *
 * Several may share a storage, also with `saveCheckpoint` and other runs: each removes only what it saved itself. Of two in
 * one run, put the one that saves only the best first: the other then saves what the best was.
 *
 * @throws CheckpointError where a checkpoint cannot be written: a run that silently saves nothing is worth nothing.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { listCheckpoints, memoryStorage, ModelCheckpoint, Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { SGD } from '@espalier/optimizers';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: new SGD(), loss: 'meanSquaredError' });
 * const storage = memoryStorage();
 * await model.fit([[1]], [[5]], { epochs: 3, callbacks: [new ModelCheckpoint({ storage })] });
 * if ((await listCheckpoints(storage)).length !== 2) throw new Error('it keeps two');
 * ```
 */
export class ModelCheckpoint extends Callback {
  override readonly name = 'ModelCheckpoint';
  override readonly runsLast = true;
  readonly #options: ModelCheckpointOptions;
  readonly #monitor: Monitor | undefined;
  #best: number | undefined;
  /** What its checkpoints are counted by: the id of the first. */
  #series: string | undefined;
  /** Whether the monitored figure was ever a number that could be the best. */
  #sawFigure = false;
  #sawNaN = false;
  /** Since the last save, over the ends of epochs. */
  #batches = 0;
  #resumed = false;

  /** @throws ValueError where an option is out of range. */
  constructor(options: ModelCheckpointOptions) {
    super();
    const {
      saveFreq = 'epoch',
      saveBestOnly = false,
      monitor = 'valLoss',
      mode = 'auto',
      keep = 2,
    } = checkOptions(options, modelCheckpointOptions);
    requireMethod(options.storage, 'write', `${this.name}, storage`, 'a storage', 'make one: fileStorage(directory)');
    if (saveFreq !== 'epoch') requireAtLeast(1, this.name, { saveFreq });
    requireAtLeast(1, this.name, { keep });
    if (saveBestOnly && saveFreq !== 'epoch' && /^val[A-Z]/.test(monitor)) {
      throw new ValueError({
        where: this.name,
        problem: `'${monitor}' is known at the end of an epoch only`,
        mend: "leave saveFreq at 'epoch', or monitor 'loss'",
      });
    }
    this.#options = options;
    this.#monitor = saveBestOnly ? new Monitor(this.name, monitor, mode) : undefined;
  }

  override state(): CallbackState {
    const best = this.#best;
    const series = this.#series;
    return {
      values: { batches: this.#batches, ...(best !== undefined && { best }), ...(series !== undefined && { series }) },
    };
  }

  override restoreState({ values }: CallbackState): void {
    const { batches, best, series } = values as { batches: number; best?: number; series?: string };
    this.#batches = batches;
    this.#best = best;
    this.#series = series;
    this.#resumed = true;
  }

  override onTrainBegin(): void {
    this.#monitor?.requireIn(this.params.metrics);
    if (!this.#resumed) {
      this.#batches = 0;
      this.#best = undefined;
      this.#series = undefined;
    }
    this.#resumed = false;
    this.#sawFigure = false;
    this.#sawNaN = false;
  }

  override async onTrainBatchEnd(_batch: number, logs: Logs): Promise<void> {
    const { saveFreq = 'epoch' } = this.#options;
    if (saveFreq === 'epoch' || ++this.#batches < saveFreq) return;
    this.#batches = 0;
    await this.#save(logs);
  }

  override async onEpochEnd(_epoch: number, logs: Logs): Promise<void> {
    if ((this.#options.saveFreq ?? 'epoch') === 'epoch') await this.#save(logs);
  }

  /** @throws TrainingError where the monitored figure was never finite, so that nothing was saved. */
  override onTrainEnd(): void {
    if (this.#monitor === undefined || this.#sawFigure || !this.#sawNaN) return;
    throw new TrainingError({
      where: this.name,
      problem: `'${this.#monitor.figure}' was never a finite number, so nothing was saved`,
      mend: 'monitor another figure, or look at what this one is made of',
    });
  }

  async #save(logs: Logs): Promise<void> {
    if (this.#monitor !== undefined) {
      const value = logs[this.#monitor.figure];
      if (value !== undefined) {
        if (Number.isFinite(value)) this.#sawFigure = true;
        else this.#sawNaN = true;
      }
      if (value === undefined || !this.#monitor.improves(value, this.#best)) return;
      // Before saving, so that the checkpoint knows the value that it was saved for.
      this.#best = value;
    }
    const { storage, keep = 2, onSave } = this.#options;
    const { progress, optimizer } = this.model;
    if (progress === undefined) {
      throw new StateError({ where: this.name, problem: 'the model is not in fit, so there is no progress to save' });
    }
    const { callbacks } = this.params;
    const options = { model: this.model, optimizer, callbacks, progress, keep };
    const id = await saveInSeries(storage, options, (first) => {
      this.#series ??= first;
      return this.#series;
    });
    await onSave?.({ id, progress });
  }
}
