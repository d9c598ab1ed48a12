import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameter, SerializedObject } from '../module/Parameter.js';

/** All that an optimizer must keep to go on exactly: its step count and its slots, by name. */
export interface OptimizerState {
  /** Steps applied so far. */
  readonly iterations: number;
  /** Slots by `slot/parameter-path`, such as `m/conv2d/kernel`; owned by the optimizer. */
  readonly slots: ReadonlyMap<string, Tensor>;
  /**
   * Steps that each parameter has made, by path, where they are counted apart: fewer than `iterations` for a parameter
   * that was frozen for a time. Absent in states of earlier versions.
   */
  readonly steps?: Readonly<Record<string, number>>;
  /** Numbers beside the slots that are not derived from `iterations`. */
  readonly scalars?: Readonly<Record<string, number>>;
}

/**
 * Changes parameters by their gradients. `@espalier/optimizers` implements it; core only calls it.
 * Slots are kept under the parameter's path, so that freezing or reordering layers never mixes them up.
 */
export interface Optimizer {
  /** The optimizer that this one wraps and whose state it hands on, where it is a transform such as clipping. */
  readonly optimizer?: Optimizer;
  /** What it is called in logs and files, such as `adam`. */
  readonly name: string;
  /** Steps applied so far. */
  readonly iterations: number;
  /** The rate of the next step; setting it replaces a schedule by a constant. */
  learningRate: number;
  /**
   * One step. Both maps go by parameter path and have the same keys; the gradients belong to the caller.
   */
  applyGradients(gradients: ReadonlyMap<string, Tensor>, parameters: ReadonlyMap<string, Parameter>): void;
  /** The state now; the tensors stay the optimizer's own. */
  state(): OptimizerState;
  /** Takes over a saved state; the tensors are copied. */
  restore(state: OptimizerState): void;
  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject;
  /** Frees the slots. */
  dispose(): void;
}
