import type { Tensor } from '@tensorflow/tfjs-core';
import { cast } from '../gradients/kernels.js';

/** The tensor as `dtype`: itself where it is that already, which saves the tape a copy. */
export const asType = (x: Tensor, dtype: 'float32' | 'int32'): Tensor => (x.dtype === dtype ? x : cast(x, dtype));
