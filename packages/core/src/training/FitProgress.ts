/** Where a run of fit stands: enough, with the weights and the optimizer's slots, to go on bit for bit. */
export interface FitProgress {
  /** The seed of the model that was trained. */
  readonly seed: number;
  /** The epoch to go on with, from 0. */
  readonly epoch: number;
  /** How many batches of that epoch are done. */
  readonly batch: number;
  /** What the position hangs on: {@link batch} counts batches of this size. Absent in files of earlier versions. */
  readonly batchSize?: number;
  /** Whether the epochs have orders of their own. */
  readonly shuffle?: boolean;
  /** The examples of the data set, where they are known. */
  readonly size?: number;
  /** The most steps of an epoch, where there is such a limit. */
  readonly stepsPerEpoch?: number;
  /** The statistics gathered in that epoch so far, by metric name; doubles survive JSON exactly. */
  readonly sums: Readonly<Record<string, readonly number[]>>;
  /** One entry an epoch, by name. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}
