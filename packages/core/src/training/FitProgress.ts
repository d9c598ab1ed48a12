/** Where a run of fit stands: enough, with the weights and the optimizer's slots, to go on bit for bit. */
export interface FitProgress {
  /** The seed of the model that was trained. */
  readonly seed: number;
  /** The epoch to go on with, from 0. */
  readonly epoch: number;
  /** How many batches of that epoch are done. */
  readonly batch: number;
  /** The statistics gathered in that epoch so far, by metric name; doubles survive JSON exactly. */
  readonly sums: Readonly<Record<string, readonly number[]>>;
  /** One entry an epoch, by name. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}
