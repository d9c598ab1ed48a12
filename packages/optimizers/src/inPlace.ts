import type { Parameter } from '@espalier/core';
import { engine, mul, type Tensor } from '@tensorflow/tfjs-core';

/** A kernel that makes an optimizer's step for all parameters in one pass, writing to them and to their slots. */
export interface InPlaceUpdate {
  /**
   * The kernel. Its inputs are a list, for each parameter its value, its gradient and its slots in the order of
   * `slotNames`; it has no outputs.
   */
  readonly kernel: string;
  /** The kernel's numbers. It is given `width`, the tensors of a parameter in the list, as well. */
  readonly attrs: Readonly<Record<string, number | boolean>>;
  /** What a parameter is multiplied by before the step: what weight decay leaves of it. Default 1. */
  readonly factor?: (path: string) => number;
}

/** Whether nothing else holds the values, such as a clone: only then may they be written to. */
function isAlone({ dataId }: Tensor): boolean {
  return engine().backend.refCount(dataId) === 1;
}

/** The tensor, or a copy if others share its values. */
export function ownValues(tensor: Tensor): Tensor {
  return isAlone(tensor) ? tensor : mul(tensor, 1);
}

/** The parameter's values, after giving it a copy of its own if others share them. */
export function ownParameter(parameter: Parameter): Tensor {
  if (!isAlone(parameter.value)) parameter.assign(mul(parameter.value, 1));
  return parameter.value;
}

/** The prototype that a method comes from. */
function ownerOf(object: object, method: string): object | null {
  let at: object | null = object;
  while (at !== null && !Object.hasOwn(at, method)) at = Object.getPrototypeOf(at);
  return at;
}

/** Whether both methods are from the same class: a subclass that changes one of them alone means that one. */
export function haveSameOwner(object: object, one: string, other: string): boolean {
  return ownerOf(object, one) === ownerOf(object, other);
}
