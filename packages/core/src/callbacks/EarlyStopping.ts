import type { HostTensor } from '../checkpoint/HostTensor.js';
import { loadWeights, weightsOf } from '../checkpoint/weights.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { Callback, type CallbackState, type Logs } from './Callback.js';
import { Monitor, type MonitorMode } from './Monitor.js';
import { requireAtLeast } from './requireAtLeast.js';

/** The options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** The figure of the logs to watch. Default `valLoss`. */
  readonly monitor?: string;
  /** By how much a value must beat the best to count as better. Default 0. */
  readonly minDelta?: number;
  /** How many epochs without a better value to wait. Default 0. */
  readonly patience?: number;
  /** Default `auto`. */
  readonly mode?: MonitorMode;
  /** Epochs whose value does not beat it count as without progress, even when they beat the best. Default: none. */
  readonly baseline?: number;
  /** Whether to put the weights of the best epoch back, however training ends. Default false. */
  readonly restoreBestWeights?: boolean;
  /** The epoch, from 0, before which nothing is watched. Default 0. */
  readonly startFromEpoch?: number;
}

interface Progress {
  readonly best: number | undefined;
  readonly bestEpoch: number | undefined;
  readonly wait: number;
  readonly stoppedEpoch: number | undefined;
}

const START: Progress = { best: undefined, bestEpoch: undefined, wait: 0, stoppedEpoch: undefined };

const earlyStoppingOptions = /* @__PURE__ */ optionTable<EarlyStoppingOptions>(
  'EarlyStopping',
  {
    monitor: 'string',
    minDelta: 'number',
    patience: 'integer',
    mode: 'string',
    baseline: 'number',
    restoreBestWeights: 'boolean',
    startFromEpoch: 'integer',
  },
  { later: { verbose: '' } },
);

/**
 * Ends training when a figure has not become better for `patience` epochs, as Keras 3 does. Where it differs: NaN is
 * never the best, and a resumed run goes on counting, with the best weights from the checkpoint.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { EarlyStopping, Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { SGD } from '@espalier/optimizers';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: 'meanSquaredError' });
 * const stop = new EarlyStopping({ monitor: 'loss', patience: 2 });
 * const { epoch } = await model.fit([[1]], [[5]], { epochs: 10, callbacks: [stop] });
 * if (epoch.length !== 3) throw new Error('nothing changes, so it stops two epochs after the first');
 * ```
 */
export class EarlyStopping extends Callback {
  override readonly name = 'EarlyStopping';
  readonly #options: EarlyStoppingOptions;
  readonly #monitor: Monitor;
  #progress = START;
  #bestWeights: ReadonlyMap<string, HostTensor> | undefined;
  #resumed = false;

  constructor(options: EarlyStoppingOptions = {}) {
    super();
    const {
      monitor = 'valLoss',
      mode = 'auto',
      minDelta = 0,
      patience = 0,
      startFromEpoch = 0,
    } = checkOptions(options, earlyStoppingOptions);
    requireAtLeast(0, this.name, { patience, startFromEpoch });
    this.#options = options;
    this.#monitor = new Monitor(this.name, monitor, mode, minDelta);
  }

  /** The best value so far. */
  get best(): number | undefined {
    return this.#progress.best;
  }

  /** The epoch of the best value, from 0. */
  get bestEpoch(): number | undefined {
    return this.#progress.bestEpoch;
  }

  /** The epoch after which training was stopped, from 0; undefined where it ended otherwise. */
  get stoppedEpoch(): number | undefined {
    return this.#progress.stoppedEpoch;
  }

  override state(): CallbackState {
    const values = Object.fromEntries(Object.entries(this.#progress).filter(([, value]) => value !== undefined));
    return { values, ...(this.#bestWeights !== undefined && { tensors: this.#bestWeights }) };
  }

  override restoreState({ values, tensors }: CallbackState): void {
    this.#progress = { ...START, ...(values as Partial<Progress>) };
    this.#bestWeights = tensors === undefined || tensors.size === 0 ? undefined : tensors;
    this.#resumed = true;
  }

  override onTrainBegin(): void {
    this.#monitor.requireIn(this.params.metrics);
    if (!this.#resumed) {
      this.#progress = START;
      this.#bestWeights = undefined;
    }
    this.#resumed = false;
    // A run that had stopped stays stopped, unless it is resumed with more patience.
    const { stoppedEpoch, wait } = this.#progress;
    if (stoppedEpoch !== undefined && wait >= (this.#options.patience ?? 0)) this.model.stopTraining = true;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { baseline, patience = 0, startFromEpoch = 0, restoreBestWeights = false } = this.#options;
    const value = logs[this.#monitor.figure];
    if (value === undefined || epoch < startFromEpoch) return;
    const { best, wait } = this.#progress;
    const improves = this.#monitor.improves(value, best);
    const weights = improves && restoreBestWeights ? await weightsOf(this.model) : undefined;
    // The figures are of the steps before: the last one may have spoiled the weights, which are not to be put back then.
    if (improves && [...(weights?.values() ?? [])].every(areFinite)) {
      const beatsBaseline = baseline === undefined || this.#monitor.improves(value, baseline);
      this.#progress = { best: value, bestEpoch: epoch, wait: beatsBaseline ? 0 : wait + 1, stoppedEpoch: undefined };
      this.#bestWeights = weights;
      return;
    }
    const stops = wait + 1 >= patience && epoch > 0;
    this.#progress = { ...this.#progress, wait: wait + 1, stoppedEpoch: stops ? epoch : undefined };
    if (stops) this.model.stopTraining = true;
  }

  override onTrainEnd(): void {
    // A model that was disposed of in the meantime is to hold nothing again.
    const isAlive = [...this.model.parameters().values()].every((parameter) => parameter.initialized);
    if (this.#bestWeights !== undefined && isAlive)
      loadWeights(this.model, this.#bestWeights, `${this.name}, best weights`);
  }
}

function areFinite({ data }: HostTensor): boolean {
  return data.every((value) => Number.isFinite(value));
}
