import type { SerializedObject } from '@espalier/core';

/** A learning rate that follows from the number of steps done, and so needs no state of its own. */
export interface Schedule {
  /** The rate of the step after `step` steps, from 0 on. */
  at(step: number): number;
  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject;
}
