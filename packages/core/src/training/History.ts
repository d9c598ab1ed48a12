/** What `fit` returns: the logs of every epoch. */
export interface History {
  /** The epochs that were run, from 0. */
  readonly epoch: readonly number[];
  /** One entry an epoch, by name: `loss`, `accuracy`, `valLoss`, … */
  readonly history: Readonly<Record<string, readonly number[]>>;
}
