import { add, erf, mul, sigmoid, square, type Tensor } from '@tensorflow/tfjs-core';
import { unaryKernel } from './unaryKernel.js';

/** What {@link gelu} takes. */
export interface GeluOptions {
  /** Whether the tanh form is computed in place of the exact one. Default false. */
  readonly approximate?: boolean;
}

/**
 * The Gaussian error linear unit, element by element: x Φ(x) with the normal distribution function Φ, or with `approximate`
 * ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))). The shape stays.
 *
 * Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { gelu, activateBackend } from '@espalier/core';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const [zero, one] = gelu(tensor1d([0, 1])).dataSync();
 * if (zero !== 0 || Math.abs(one! - 0.8413447) > 1e-6) throw new Error('not x times the distribution function');
 * ```
 */
export function gelu(x: Tensor, { approximate = false }: GeluOptions = {}): Tensor {
  if (!approximate) return unaryKernel('Gelu', x, (y) => mul(mul(y, 0.5), add(erf(mul(y, Math.SQRT1_2)), 1)));
  // ½ (1 + tanh z) is sigmoid(2 z).
  const slope = 2 * Math.sqrt(2 / Math.PI);
  return unaryKernel('GeluTanh', x, (y) => mul(y, sigmoid(mul(y, add(mul(square(y), 0.044715 * slope), slope)))));
}
