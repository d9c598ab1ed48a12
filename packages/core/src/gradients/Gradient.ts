import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * How one kernel is differentiated, in the shape that tfjs's `registerGradient` takes.
 *
 * `gradFunc` receives the gradient of the output (`dy`, an array where the kernel has several outputs), the tensors it
 * asked to keep from the forward pass (inputs first, then outputs) and the kernel's attributes. It answers with one
 * function for each input, called only where that input's gradient is wanted; each result is a new float32 tensor of the
 * input's shape. New, because the tape disposes of gradients one by one: handing `dy` itself on would free it twice.
 */
export interface Gradient {
  /** The kernel, by tfjs-core's name. */
  readonly kernelName: string;
  /** The inputs that are kept for it. */
  readonly inputsToSave?: string[];
  /** Whether all inputs are, where their number varies. */
  readonly saveAllInputs?: boolean;
  /** The outputs that are kept for it, by position. */
  readonly outputsToSave?: boolean[];
  /** Whether `gradFunc` itself deals with a `dy` that is complex; otherwise it is called for both parts. */
  readonly takesComplex?: boolean;
  /** From the gradient of the output to those of the inputs. */
  // A method, not a property: it lets each kernel state the type of its own `saved` and `attrs`.
  gradFunc(dy: Tensor | Tensor[], saved: Tensor[], attrs: object): Record<string, () => Tensor>;
}
