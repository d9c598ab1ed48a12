import type { Tensor } from '@tensorflow/tfjs-core';
import type { SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';

/** How far predictions are from targets. */
export interface Loss {
  /** The name that Keras gives it, in camelCase: `categoricalCrossentropy`. */
  readonly name: string;
  /**
   * One value for each example: `[batch]`, the mean over all further axes, as Keras reduces them.
   * @throws ShapeError where the shapes do not go together.
   */
  values(targets: Tensor, predictions: Tensor): Tensor;
  /**
   * Looks at the targets themselves, which `values` cannot afford to: labels outside the range of the classes would
   * otherwise count as "no class" and train on silently. It reads the targets to the host.
   * @param predictions The shape of what will be predicted for them.
   * @param where What the error names, such as `fit, batch 3`.
   * @param indices The place of each example in the data set, where it is known; see `Batch`.
   * @throws DataError naming the label, its example and the range; ShapeError as `values` does.
   */
  checkTargets?(targets: Tensor, predictions: Shape, where: string, indices?: ArrayLike<number>): void;
  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject;
}
