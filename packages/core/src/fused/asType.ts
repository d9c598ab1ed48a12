import type { Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { cast } from '../gradients/kernels.js';

/**
 * The tensor as `dtype`: itself where it is that already, which saves the tape a copy.
 * @throws ShapeError for strings and complex numbers.
 */
export function asType(x: Tensor, dtype: 'float32' | 'int32'): Tensor {
  if (x.dtype === dtype) return x;
  if (x.dtype !== 'string' && x.dtype !== 'complex64') return cast(x, dtype);
  throw new ShapeError({ where: 'dtype', problem: 'numbers are needed', expected: dtype, got: x.dtype });
}
