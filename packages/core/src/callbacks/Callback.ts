import type { HostTensor } from '../checkpoint/HostTensor.js';
import type { Model } from '../models/Model.js';
import type { Json } from '../module/Parameter.js';
import type { ModelOutput } from '../training/options.js';

/** The figures at a moment of training: loss, metrics, `val_…` figures, learning rate. */
export type Logs = Readonly<Record<string, number>>;

/** What `fit` tells its callbacks before the first epoch. */
export interface FitParams {
  readonly epochs: number;
  readonly initialEpoch: number;
  /** Steps in an epoch, where the size of the data is known. */
  readonly steps: number | undefined;
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
  model!: Model<ModelOutput>;
  params!: FitParams;
  /** The key under which checkpoints keep this callback's state; a callback with `state` sets its own. */
  readonly name: string = '';
  /**
   * Whether `fit` calls it after the others, wherever it stands in the list: for callbacks that save what the others
   * keep.
   */
  readonly runsLast: boolean = false;

  setModel(model: Model<ModelOutput>): void {
    this.model = model;
  }
  setParams(params: FitParams): void {
    this.params = params;
  }
  /** What to save with a checkpoint; undefined where there is nothing. */
  state(): CallbackState | undefined {
    return undefined;
  }
  /** Takes over what `state` gave, before `fit` begins: the next `onTrainBegin` goes on from it. */
  restoreState(_state: CallbackState): void {}
  onTrainBegin(_logs?: Logs): void | Promise<void> {}
  onTrainEnd(_logs?: Logs): void | Promise<void> {}
  onEpochBegin(_epoch: number, _logs?: Logs): void | Promise<void> {}
  onEpochEnd(_epoch: number, _logs?: Logs): void | Promise<void> {}
  onTrainBatchBegin(_batch: number, _logs?: Logs): void | Promise<void> {}
  onTrainBatchEnd(_batch: number, _logs?: Logs): void | Promise<void> {}
  onTestBegin(_logs?: Logs): void | Promise<void> {}
  onTestEnd(_logs?: Logs): void | Promise<void> {}
}
