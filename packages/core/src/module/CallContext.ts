import type { Tensor } from '@tensorflow/tfjs-core';
import type { Rng } from '../random/Rng.js';

/**
 * What travels with every call: whether this is training, the random stream of this step and the mask of the input.
 * There is no global training flag and no global generator.
 */
export interface CallContext {
  /** Whether this is a training step: dropout drops and statistics move only then. */
  readonly training: boolean;
  /** The stream of this step; layers that need randomness draw from it in the order in which they are called. */
  readonly rng: Rng;
  /** `[batch, time]`, bool: which time steps of the input count. Absent when all do. */
  readonly mask?: Tensor | undefined;
}
