import { mul, sigmoid, type Tensor } from '@tensorflow/tfjs-core';
import { unaryKernel } from './unaryKernel.js';

/**
 * x · sigmoid(x), element by element, also called swish. The shape stays.
 *
 * Elfwing et al. 2017, https://arxiv.org/abs/1702.03118.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { silu, activateBackend } from '@espalier/core';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const [zero, one] = silu(tensor1d([0, 1])).dataSync();
 * if (zero !== 0 || Math.abs(one! - 0.7310586) > 1e-6) throw new Error('not x times its sigmoid');
 * ```
 */
export function silu(x: Tensor): Tensor {
  return unaryKernel('Silu', x, (y) => mul(y, sigmoid(y)));
}
