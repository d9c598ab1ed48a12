import { ValueError } from '../errors/kinds.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { Callback, type CallbackState, type Logs } from './Callback.js';
import { Monitor, type MonitorMode } from './Monitor.js';
import { requireAtLeast } from './requireAtLeast.js';

/** The options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** The figure of the logs to watch. Default `valLoss`. */
  readonly monitor?: string;
  /** What the learning rate is multiplied by, below 1. Default 0.1. */
  readonly factor?: number;
  /** After how many epochs without a better value the rate is reduced. Default 10. */
  readonly patience?: number;
  /** Default `auto`. */
  readonly mode?: MonitorMode;
  /** By how much a value must beat the best to count as better. Default 1e-4. */
  readonly minDelta?: number;
  /** How many epochs after a reduction are not counted. Default 0. */
  readonly cooldown?: number;
  /** The rate is never reduced below it. Default 0. */
  readonly minLr?: number;
}

interface Progress {
  readonly best: number | undefined;
  readonly wait: number;
  /** How many epochs are still not counted. */
  readonly resting: number;
}

const START: Progress = { best: undefined, wait: 0, resting: 0 };

const reduceLROnPlateauOptions = /* @__PURE__ */ optionTable<ReduceLROnPlateauOptions>(
  'ReduceLROnPlateau',
  {
    monitor: 'string',
    factor: 'number',
    patience: 'integer',
    mode: 'string',
    minDelta: 'number',
    cooldown: 'integer',
    minLr: 'number',
  },
  { later: { verbose: '' } },
);

/**
 * Multiplies the learning rate by `factor` when a figure has not become better for `patience` epochs, as Keras 3 does:
 * `rate = max(rate * factor, minLr)`. It turns a schedule into a constant at the first reduction.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { ReduceLROnPlateau, Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { SGD } from '@espalier/optimizers';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: new SGD({ learningRate: 0.25 }), loss: 'meanSquaredError' });
 * const reduce = new ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 2, minDelta: 1e9 });
 * await model.fit([[1]], [[5]], { epochs: 3, callbacks: [reduce] });
 * if (model.optimizer.learningRate !== 0.125) throw new Error('two epochs without a better value');
 * ```
 */
export class ReduceLROnPlateau extends Callback {
  override readonly name = 'ReduceLROnPlateau';
  readonly #options: ReduceLROnPlateauOptions;
  readonly #monitor: Monitor;
  #progress = START;
  #resumed = false;

  /** @throws ValueError where an option is out of range. */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    super();
    const {
      monitor = 'valLoss',
      mode = 'auto',
      minDelta = 1e-4,
      factor = 0.1,
      patience = 10,
      cooldown = 0,
      minLr = 0,
    } = checkOptions(options, reduceLROnPlateauOptions);
    requireAtLeast(0, this.name, { patience, cooldown });
    if (minLr < 0)
      throw new ValueError({ where: `${this.name}, minLr`, problem: 'a rate is not negative', got: String(minLr) });
    if (!(factor > 0 && factor < 1)) {
      throw new ValueError({
        where: `${this.name}, factor`,
        problem: 'the rate would not be reduced',
        expected: 'a number between 0 and 1',
        got: String(factor),
      });
    }
    this.#options = options;
    this.#monitor = new Monitor(this.name, monitor, mode, minDelta);
  }

  override state(): CallbackState {
    return { values: Object.fromEntries(Object.entries(this.#progress).filter(([, value]) => value !== undefined)) };
  }

  override restoreState({ values }: CallbackState): void {
    this.#progress = { ...START, ...(values as Partial<Progress>) };
    this.#resumed = true;
  }

  override onTrainBegin(): void {
    this.#monitor.requireIn(this.params.metrics);
    if (!this.#resumed) this.#progress = START;
    this.#resumed = false;
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    const value = logs[this.#monitor.figure];
    if (value === undefined) return;
    const { patience = 10, cooldown = 0, factor = 0.1, minLr = 0 } = this.#options;
    const resting = Math.max(0, this.#progress.resting - 1);
    if (this.#monitor.improves(value, this.#progress.best)) {
      this.#progress = { best: value, wait: 0, resting };
      return;
    }
    // The epoch that ends the rest is counted, as in Keras.
    const wait = resting > 0 ? 0 : (this.#progress.resting > 0 ? 0 : this.#progress.wait) + 1;
    this.#progress = { ...this.#progress, wait, resting };
    const { optimizer } = this.model;
    if (resting > 0 || wait < patience || optimizer.learningRate <= minLr) return;
    optimizer.learningRate = Math.max(optimizer.learningRate * factor, minLr);
    this.#progress = { ...this.#progress, wait: 0, resting: cooldown };
  }
}
