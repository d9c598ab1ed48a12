import { checkOptions, optionTable } from '@espalier/core';
import { checkRange } from '../checkRange.js';
import type { Schedule } from './Schedule.js';

/** What {@link constant} takes. */
export interface ConstantOptions {
  /** The rate of every step. */
  readonly learningRate: number;
}

const constantOptions = /* @__PURE__ */ optionTable<ConstantOptions>('constant', { learningRate: 'number!' });

/** The same rate at every step. @throws ValueError for a negative rate. */
export function constant(options: ConstantOptions): Schedule {
  const { learningRate } = checkOptions(options, constantOptions);
  checkRange('constant: learningRate', learningRate, 0);
  return {
    at: () => learningRate,
    serialize: () => ({ className: 'Constant', config: { learningRate } }),
  };
}
