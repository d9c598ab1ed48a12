import { checkSerialized, type SerializedObject, suggestNames, ValueError } from '@espalier/core';
import { constant } from './constant.js';
import { cosineDecay } from './cosineDecay.js';
import { exponentialDecay } from './exponentialDecay.js';
import type { Schedule } from './Schedule.js';

/** Schedules by the `className` that they serialize to. Spread it together with your own. */
export const scheduleMakers: Readonly<Record<string, (config: never) => Schedule>> = {
  Constant: constant,
  CosineDecay: cosineDecay,
  ExponentialDecay: exponentialDecay,
};

/**
 * Makes a schedule again from `serialize()`.
 * @throws ValueError for a class that is not in the table.
 */
export function scheduleFromConfig(serialized: SerializedObject, makers = scheduleMakers): Schedule {
  const { className, config } = checkSerialized(serialized, 'scheduleFromConfig');
  const make = Object.hasOwn(makers, className) ? makers[className] : undefined;
  if (make !== undefined) return make(config as never);
  throw new ValueError({
    where: 'scheduleFromConfig',
    problem: `there is no schedule '${className}'`,
    mend: suggestNames(className, Object.keys(makers)),
  });
}
