import type { Tensor } from '@tensorflow/tfjs-core';
import type { SerializedObject } from '../module/Parameter.js';

/** How far predictions are from targets. */
export interface Loss {
  /** The name that Keras gives it, in camelCase: `categoricalCrossentropy`. */
  readonly name: string;
  /** One value for each example: `[batch]`, the mean over all further axes, as Keras reduces them. */
  values(targets: Tensor, predictions: Tensor): Tensor;
  serialize(): SerializedObject;
}
