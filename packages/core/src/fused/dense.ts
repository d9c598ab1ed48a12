import type { Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { requireShape } from '../errors/requireShape.js';
import { type BiasActivation, withBiasActivation } from './biasActivation.js';

/**
 * `activation(x · kernel + bias)` on the last axis, as one product: x `[…, in]`, kernel `[in, units]`, bias `[units]`, result
 * `[…, units]`. Differentiable in all three.
 *
 * @throws ShapeError where x and kernel do not go together, or the bias has another shape.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { dense, activateBackend } from '@espalier/core';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = dense(tensor2d([[1, 2]]), tensor2d([[1, -1], [1, -1]]), { bias: tensor1d([1, 1]), activation: 'relu' });
 * if (`${y.dataSync()}` !== '4,0') throw new Error(`got ${y.dataSync()}`);
 * ```
 */
export function dense(x: Tensor, kernel: Tensor, options: BiasActivation = {}): Tensor {
  if (x.rank < 2 || kernel.rank !== 2 || x.shape.at(-1) !== kernel.shape[0]) {
    throw new ShapeError({
      where: 'dense',
      problem: 'input and kernel do not go together',
      expected: 'x […, in] of two or more axes, kernel [in, units]',
      got: `x [${x.shape}], kernel [${kernel.shape}]`,
    });
  }
  requireShape('dense', 'bias', options.bias, kernel.shape.slice(-1));
  return withBiasActivation('_FusedMatMul', { a: x, b: kernel }, { transposeA: false, transposeB: false }, options);
}
