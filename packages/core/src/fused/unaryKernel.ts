import { getBackend, getKernel, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { runTaped } from '../gradients/tape.js';
import { asType } from './asType.js';

/** A function of one tensor, in float32, as one kernel where the backend has it, else composed; the kernel's gradient is registered. */
export function unaryKernel(kernel: string, x: Tensor, composed: (x: Tensor) => Tensor): Tensor {
  if (x.dtype !== 'float32') return tidy(() => unaryKernel(kernel, asType(x, 'float32'), composed));
  return getKernel(kernel, getBackend()) === undefined ? tidy(() => composed(x)) : runTaped(kernel, { x }, {});
}
