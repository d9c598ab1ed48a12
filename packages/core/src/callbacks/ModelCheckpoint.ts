import type { Storage } from '../checkpoint/Storage.js';
import { saveCheckpoint } from '../checkpoint/saveCheckpoint.js';
import { StateError, ValueError } from '../errors/kinds.js';
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
  /** How many checkpoints to keep. Default 2: should the newest be damaged, there is one before it. */
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
 * Of two in one run, put the one that saves only the best first: the other then saves what the best was.
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
    return { values: { batches: this.#batches, ...(this.#best !== undefined && { best: this.#best }) } };
  }

  override restoreState({ values }: CallbackState): void {
    const { batches, best } = values as { readonly batches: number; readonly best?: number };
    this.#batches = batches;
    this.#best = best;
    this.#resumed = true;
  }

  override onTrainBegin(): void {
    this.#monitor?.requireIn(this.params.metrics);
    if (!this.#resumed) {
      this.#batches = 0;
      this.#best = undefined;
    }
    this.#resumed = false;
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

  async #save(logs: Logs): Promise<void> {
    if (this.#monitor !== undefined) {
      const value = logs[this.#monitor.figure];
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
    const id = await saveCheckpoint(storage, { model: this.model, optimizer, callbacks, progress, keep });
    await onSave?.({ id, progress });
  }
}
