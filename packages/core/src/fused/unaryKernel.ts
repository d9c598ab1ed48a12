import { getBackend, getKernel, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { runTaped } from '../gradients/tape.js';

/** A function of one tensor as one kernel where the backend has it, else composed; the kernel's gradient is registered. */
export function unaryKernel(kernel: string, x: Tensor, composed: () => Tensor): Tensor {
  return getKernel(kernel, getBackend()) === undefined ? tidy(composed) : runTaped(kernel, { x }, {});
}
