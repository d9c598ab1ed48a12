import type { HostTensor } from '../checkpoint/HostTensor.js';
import type { Model } from '../models/Model.js';
import type { Json } from '../module/Parameter.js';
import type { ModelOutput } from '../training/options.js';

/** The figures at a moment of training: loss, metrics, and those of validation, such as `valLoss`. */
export type Logs = Readonly<Record<string, number>>;

/** What `fit` tells its callbacks before the first epoch. */
export interface FitParams {
  /** The epoch to stop at. */
  readonly epochs: number;
  /** The epoch to start at, from 0. */
  readonly initialEpoch: number;
  /** Steps in an epoch, where the size of the data is known. */
  readonly steps: number | undefined;
  /** Examples a step. */
  readonly batchSize: number;
  /** The names that appear in the logs of an epoch. */
  readonly metrics: readonly string[];
  /** All callbacks of this run, in the order in which they are called: what a checkpoint asks for their states. */
  readonly callbacks: readonly Callback[];
}

/** What a callback must keep so that a resumed run goes on as if it had never stopped. */
export interface CallbackState {
  /** NaN and infinities survive. */
  readonly values: Json;
  /** Tensors that the values cannot hold, such as the best weights so far. */
  readonly tensors?: ReadonlyMap<string, HostTensor>;
}

/**
 * Hooks into `fit` and `evaluate`, with Keras's names. A hook may be async; training waits for it.
 * A callback stops training by setting `model.stopTraining = true`.
 */
export abstract class Callback {
  /** The model in training; set before `onTrainBegin`. */
  model!: Model<ModelOutput>;
  /** What this run of `fit` was asked for; set before `onTrainBegin`. */
  params!: FitParams;
  /** The key under which checkpoints keep this callback's state; a callback with `state` sets its own. */
  readonly name: string = '';
  /**
   * Whether `fit` calls it after the others, wherever it stands in the list: for callbacks that save what the others
   * keep.
   */
  readonly runsLast: boolean = false;

  /** Called by `fit`. */
  setModel(model: Model<ModelOutput>): void {
    this.model = model;
  }
  /** Called by `fit`. */
  setParams(params: FitParams): void {
    this.params = params;
  }
  /** What to save with a checkpoint; undefined where there is nothing. */
  state(): CallbackState | undefined {
    return undefined;
  }
  /** Takes over what `state` gave, before `fit` begins: the next `onTrainBegin` goes on from it. */
  restoreState(_state: CallbackState): void {}
  /** Before the first epoch. */
  onTrainBegin(_logs?: Logs): void | Promise<void> {}
  /** After the last epoch, and after an error or an abort. */
  onTrainEnd(_logs: Logs): void | Promise<void> {}
  /** Before an epoch, counted from 0; again where an epoch is resumed in its middle. */
  onEpochBegin(_epoch: number, _logs?: Logs): void | Promise<void> {}
  /** After an epoch and its validation, with the figures of both. */
  onEpochEnd(_epoch: number, _logs: Logs): void | Promise<void> {}
  /** Before a step, counted from 0 in each epoch. */
  onTrainBatchBegin(_batch: number, _logs?: Logs): void | Promise<void> {}
  /** After a step, with the figures of the epoch so far. */
  onTrainBatchEnd(_batch: number, _logs: Logs): void | Promise<void> {}
  /** Before an evaluation, also the one after an epoch. */
  onTestBegin(_logs?: Logs): void | Promise<void> {}
  /** After an evaluation, with its figures. */
  onTestEnd(_logs: Logs): void | Promise<void> {}
}
