import type { Model } from '../models/Model.js';

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
}

/**
 * Hooks into `fit` and `evaluate`, with Keras's names. A hook may be async; training waits for it.
 * A callback stops training by setting `model.stopTraining = true`.
 */
export abstract class Callback {
  model!: Model;
  params!: FitParams;

  setModel(model: Model): void {
    this.model = model;
  }
  setParams(params: FitParams): void {
    this.params = params;
  }
  onTrainBegin(_logs?: Logs): void | Promise<void> {}
  onTrainEnd(_logs?: Logs): void | Promise<void> {}
  onEpochBegin(_epoch: number, _logs?: Logs): void | Promise<void> {}
  onEpochEnd(_epoch: number, _logs?: Logs): void | Promise<void> {}
  onTrainBatchBegin(_batch: number, _logs?: Logs): void | Promise<void> {}
  onTrainBatchEnd(_batch: number, _logs?: Logs): void | Promise<void> {}
  onTestBegin(_logs?: Logs): void | Promise<void> {}
  onTestEnd(_logs?: Logs): void | Promise<void> {}
}
