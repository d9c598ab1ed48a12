import { checkOptions, optionTable } from '@espalier/core';
import { checkPositive, checkRange } from '../checkRange.js';
import type { Schedule } from './Schedule.js';

/** What {@link exponentialDecay} takes. */
export interface ExponentialDecayOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number;
  /** After how many steps the rate has been multiplied by `decayRate` once. */
  readonly decaySteps: number;
  /** What the rate is multiplied by every `decaySteps` steps. */
  readonly decayRate: number;
  /** Whether the rate stays the same for `decaySteps` steps, then falls at once. Default false. */
  readonly staircase?: boolean;
}

const exponentialDecayOptions = /* @__PURE__ */ optionTable<ExponentialDecayOptions>(
  'exponentialDecay',
  { initialLearningRate: 'number!', decaySteps: 'number!', decayRate: 'number!', staircase: 'boolean' },
  { later: { name: '' } },
);

/**
 * `initialLearningRate * decayRate ^ (step / decaySteps)`; with `staircase` the exponent is rounded down.
 * @throws ValueError unless rates are at least 0 and `decaySteps` is above 0.
 *
 * @example
 * ```ts
 * import { exponentialDecay } from '@espalier/optimizers';
 *
 * const rate = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5, staircase: true });
 * if (rate.at(99) !== 0.1 || rate.at(100) !== 0.05) throw new Error('not halved at step 100');
 * ```
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const {
    initialLearningRate,
    decaySteps,
    decayRate,
    staircase = false,
  } = checkOptions(options, exponentialDecayOptions);
  checkRange('exponentialDecay: initialLearningRate', initialLearningRate, 0);
  checkPositive('exponentialDecay: decaySteps', decaySteps);
  checkRange('exponentialDecay: decayRate', decayRate, 0);
  return {
    at(step) {
      const exponent = step / decaySteps;
      return initialLearningRate * decayRate ** (staircase ? Math.floor(exponent) : exponent);
    },
    serialize: () => ({
      className: 'ExponentialDecay',
      config: { initialLearningRate, decaySteps, decayRate, staircase },
    }),
  };
}
