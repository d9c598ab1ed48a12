import {
  abs,
  div,
  equal,
  isFinite as finite,
  greater,
  logicalAnd,
  max,
  mul,
  onesLike,
  sqrt,
  square,
  sum,
  type Tensor,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { untaped } from '../gradients/tape.js';
import { axesOf } from './axesOf.js';

/**
 * `√Σ x²` over `axis` (default: all), for numbers of any size: x is divided by its largest first, so that squares of 1e30 do not
 * overflow and those of 1e-30 do not vanish, as they do in tfjs's own `norm`. Of nothing 0.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { activateBackend, euclideanNorm } from '@espalier/core';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = euclideanNorm(tensor1d([3e30, 4e30])).dataSync()[0]!;
 * if (Math.abs(y / 5e30 - 1) > 1e-6) throw new Error(`got ${y}`);
 * ```
 */
export function euclideanNorm(x: Tensor, axis?: number | number[], keepDims = false): Tensor {
  const axes = axesOf(axis, x.shape.length);
  return tidy(() => {
    if (axes.some((one) => x.shape[one] === 0)) return sum(x, axes, keepDims);
    const scale = (keep: boolean) =>
      untaped(() =>
        tidy(() => {
          const most = max(abs(x), axes, keep);
          return where(logicalAnd(finite(most), greater(most, 0)), most, onesLike(most));
        }),
      );
    const squares = sum(square(div(x, scale(true))), axes, keepDims);
    // The root of 0 has no derivative; that of the norm is 0 there, as in PyTorch.
    const none = equal(squares, 0);
    return mul(where(none, squares, sqrt(where(none, 1, squares))), scale(keepDims));
  });
}
