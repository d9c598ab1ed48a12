import { checkRange } from '../checkRange.js';
import type { Schedule } from './Schedule.js';

/** What {@link constant} takes. */
export interface ConstantOptions {
  /** The rate of every step. */
  readonly learningRate: number;
}

/** The same rate at every step. @throws ValueError for a negative rate. */
export function constant({ learningRate }: ConstantOptions): Schedule {
  checkRange('constant: learningRate', learningRate, 0);
  return {
    at: () => learningRate,
    serialize: () => ({ className: 'Constant', config: { learningRate } }),
  };
}
