import { checkOptions, optionTable } from '@espalier/core';
import { checkPositive, checkRange } from '../checkRange.js';
import type { Schedule } from './Schedule.js';

/** What {@link cosineDecay} takes. */
export interface CosineDecayOptions {
  /** Where the decay starts, or the warm-up if there is a `warmupTarget`. */
  readonly initialLearningRate: number;
  /** How many steps the decay takes, after the warm-up. */
  readonly decaySteps: number;
  /** The last rate as a part of the highest. Default 0. */
  readonly alpha?: number;
  /** The rate at the end of a linear warm-up. Default none: there is no warm-up. */
  readonly warmupTarget?: number | null;
  /** How many steps the warm-up takes. Default 0. */
  readonly warmupSteps?: number;
}

const cosineDecayOptions = /* @__PURE__ */ optionTable<CosineDecayOptions>(
  'cosineDecay',
  {
    initialLearningRate: 'number!',
    decaySteps: 'number!',
    alpha: 'number',
    warmupTarget: 'number|null',
    warmupSteps: 'number',
  },
  { later: { name: '' } },
);

/**
 * A linear warm-up from `initialLearningRate` to `warmupTarget` in `warmupSteps` steps, then half a cosine down to
 * `alpha` times the highest rate in `decaySteps` steps, and constant from there:
 * `highest * ((1 - alpha) * (1 + cos(π s / decaySteps)) / 2 + alpha)`.
 *
 * Loshchilov and Hutter, https://arxiv.org/abs/1608.03983; the warm-up: Goyal et al., https://arxiv.org/abs/1706.02677.
 * @throws ValueError unless rates are at least 0 and `decaySteps` is above 0.
 *
 * @example
 * ```ts
 * import { cosineDecay } from '@espalier/optimizers';
 *
 * const rate = cosineDecay({ initialLearningRate: 0, warmupTarget: 0.1, warmupSteps: 10, decaySteps: 100 });
 * if (rate.at(5) !== 0.05 || rate.at(10) !== 0.1 || rate.at(110) > 1e-15) throw new Error('not a warm-up and a decay');
 * ```
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const {
    initialLearningRate,
    decaySteps,
    alpha = 0,
    warmupTarget = null,
    warmupSteps = 0,
  } = checkOptions(options, cosineDecayOptions);
  checkRange('cosineDecay: initialLearningRate', initialLearningRate, 0);
  checkPositive('cosineDecay: decaySteps', decaySteps);
  checkRange('cosineDecay: alpha', alpha, 0);
  checkRange('cosineDecay: warmupTarget', warmupTarget ?? 0, 0);
  checkRange('cosineDecay: warmupSteps', warmupSteps, 0);
  const warmup = warmupTarget === null ? 0 : warmupSteps;
  const highest = warmupTarget ?? initialLearningRate;
  return {
    at(step) {
      if (step < warmup) return initialLearningRate + ((highest - initialLearningRate) * step) / warmup;
      const done = Math.min(step - warmup, decaySteps) / decaySteps;
      return highest * ((1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * done)) + alpha);
    },
    serialize: () => ({
      className: 'CosineDecay',
      config: { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps },
    }),
  };
}
