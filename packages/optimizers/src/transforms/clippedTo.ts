import {
  abs,
  addN,
  div,
  engine,
  fill,
  getBackend,
  getKernel,
  greater,
  isFinite as isFiniteTensor,
  lessEqual,
  logicalAnd,
  max,
  maximum,
  mul,
  type NamedTensorMap,
  onesLike,
  sqrt,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import { sumOfSquares } from './sumOfSquares.js';

/** Does all gradients in one pass, where the backend has it: a list in, a list out. */
const KERNEL = 'ClipByGlobalNorm';

/**
 * The tensors, scaled by one factor where their norm together is above `norm`; all NaN where an element is not finite: a step
 * that went astray must show, not shrink to nothing.
 */
export function clippedTo(norm: number, tensors: readonly Tensor[]): readonly Tensor[] {
  const some = tensors.filter(({ size }) => size > 0);
  if (some.length === 0) return tensors;
  if (getKernel(KERNEL, getBackend()) !== undefined) {
    return engine().runKernel<Tensor[]>(KERNEL, tensors as unknown as NamedTensorMap, { norm });
  }
  // Divided by the largest element first: squares of 1e30 would overflow, and those of 1e-30 vanish.
  const largest = some.map((tensor) => max(abs(tensor))).reduce((a, b) => maximum(a, b));
  const finite = isFiniteTensor(largest);
  const scale = where(logicalAnd(finite, greater(largest, 0)), largest, onesLike(largest));
  const length = sqrt(addN(some.map((tensor) => sumOfSquares(div(tensor, scale)))));
  const short = lessEqual(mul(length, scale), norm);
  const factor = where(finite, div(norm, length), fill([], Number.NaN));
  return tensors.map((tensor) => (tensor.size === 0 ? tensor : where(short, tensor, mul(div(tensor, scale), factor))));
}
