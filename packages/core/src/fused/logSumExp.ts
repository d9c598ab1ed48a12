import {
  add,
  exp,
  fill,
  isFinite as finite,
  log,
  max,
  sub,
  sum,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { untaped } from '../gradients/tape.js';
import { axesOf } from './axesOf.js';

/**
 * `ln Σ e^x` over `axis` (default: all), for numbers of any size: of infinities the larger, of nothing -∞, as in PyTorch. tfjs's own
 * answers with NaN where all are -∞ or one is +∞.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { activateBackend, logSumExp } from '@espalier/core';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = logSumExp(tensor1d([1000, 1000])).dataSync()[0]!;
 * if (Math.abs(y - 1000 - Math.LN2) > 1e-4) throw new Error(`got ${y}`);
 * ```
 */
export function logSumExp(x: Tensor, axis?: number | number[], keepDims = false): Tensor {
  const axes = axesOf(axis, x.shape.length);
  if (axes.some((one) => x.shape[one] === 0)) {
    const shape = x.shape.flatMap((size, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [size]));
    return fill(shape, Number.NEGATIVE_INFINITY);
  }
  return tidy(() => {
    // A constant to the gradient, which does not depend on it.
    const shift = (keep: boolean) =>
      untaped(() =>
        tidy(() => {
          const most = max(x, axes, keep);
          return where(finite(most), most, zerosLike(most));
        }),
      );
    return add(log(sum(exp(sub(x, shift(true))), axes, keepDims)), shift(keepDims));
  });
}
