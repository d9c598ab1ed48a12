import {
  type Config,
  checkOptions,
  checkSerialized,
  type Json,
  type Optimizer,
  optionTable,
  type SerializedObject,
  suggestNames,
  ValueError,
} from '@espalier/core';
import { Adam } from './Adam.js';
import { AdamW } from './AdamW.js';
import { Lion } from './Lion.js';
import { RMSprop } from './RMSprop.js';
import { SGD } from './SGD.js';
import { scheduleFromConfig, scheduleMakers } from './schedules/scheduleFromConfig.js';
import { ClipByGlobalNorm } from './transforms/clipByGlobalNorm.js';
import { ClipByNorm } from './transforms/clipByNorm.js';
import { ClipByValue } from './transforms/clipByValue.js';

/** Optimizer classes by `className`; their constructors take what `getConfig` gave, with its objects made again. */
export type OptimizerClasses = Readonly<Record<string, new (config: never) => Optimizer>>;

/** The optimizers and transforms of this package. Spread it together with your own. */
export const optimizerClasses: OptimizerClasses = {
  Adam,
  AdamW,
  ClipByGlobalNorm,
  ClipByNorm,
  ClipByValue,
  Lion,
  RMSprop,
  SGD,
};

/** The tables that {@link optimizerFromConfig} looks names up in. */
export interface OptimizerTables {
  /** Optimizer classes of your own, by `className`. */
  readonly classes?: OptimizerClasses;
  /** Makers of schedules of your own, by `className`. */
  readonly schedules?: typeof scheduleMakers;
}

const optimizerTables = /* @__PURE__ */ optionTable<OptimizerTables>('optimizerFromConfig', {
  classes: 'object',
  schedules: 'object',
});

/**
 * Makes an optimizer again from `serialize()`, with its schedule and what it wraps; its state is not in it. Only classes
 * of the tables are made: reading a file runs no code from it.
 * @throws ValueError for a class that is not in the tables, with the nearest names.
 *
 * @example
 * ```ts
 * import { Adam, clipByGlobalNorm, cosineDecay, optimizerFromConfig } from '@espalier/optimizers';
 *
 * const learningRate = cosineDecay({ initialLearningRate: 0.01, decaySteps: 1000 });
 * const saved = JSON.stringify(clipByGlobalNorm(new Adam({ learningRate }), { norm: 1 }).serialize());
 * const again = optimizerFromConfig(JSON.parse(saved));
 * if (JSON.stringify(again.serialize()) !== saved) throw new Error('not the same');
 * ```
 */
export function optimizerFromConfig(serialized: SerializedObject, tables: OptimizerTables = {}): Optimizer {
  return made(serialized, checkOptions(tables, optimizerTables), 0);
}

function made(serialized: unknown, tables: OptimizerTables, depth: number): Optimizer {
  const { classes = optimizerClasses, schedules = scheduleMakers } = tables;
  const { className, config } = checkSerialized(serialized, 'optimizerFromConfig', depth);
  const found = Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (found === undefined) {
    throw new ValueError({
      where: 'optimizerFromConfig',
      problem: `there is no optimizer class '${className}'`,
      mend: suggestNames(className, Object.keys(classes)),
    });
  }
  const { learningRate, optimizer } = config;
  const options = {
    ...config,
    ...(isSerialized(learningRate) && { learningRate: scheduleFromConfig(learningRate, schedules) }),
    ...(isSerialized(optimizer) && { optimizer: made(optimizer, tables, depth + 1) }),
  };
  return new found(options as never);
}

function isSerialized(value: Json | undefined): value is SerializedObject & Config {
  return typeof value === 'object' && value !== null && 'className' in value;
}
