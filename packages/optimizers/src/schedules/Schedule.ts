import { describeValue, isClass, type SerializedObject, ValueError } from '@espalier/core';

/**
 * A learning rate that follows from the number of steps that the optimizer has done, and so needs no state of its own:
 * it is the same for all parameters, also for those that were unfrozen late.
 */
export interface Schedule {
  /** The rate of the step after `step` steps, from 0 on. */
  at(step: number): number;
  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject;
}

/** @throws ValueError unless `value` has the two methods of a schedule. */
export function checkSchedule(value: unknown, where: string): Schedule {
  const { at, serialize } = (value ?? {}) as Partial<Schedule>;
  if (typeof at === 'function' && typeof serialize === 'function') return value as Schedule;
  throw new ValueError({
    where,
    problem: 'this is neither a number nor a schedule',
    expected: 'a number, or what cosineDecay, exponentialDecay or constant gave',
    got: describeValue(value),
    mend:
      typeof value === 'function' && !isClass(value)
        ? 'call it with its options; for a function of your own, write an object with at and serialize'
        : 'a schedule of your own is an object with the methods at and serialize',
  });
}
