import { clone, logSoftmax as composed, type Tensor } from '@tensorflow/tfjs-core';
import { fused } from './fused.js';

/**
 * `x - log Σ exp x` over the last axis, which no x overflows; the shape stays. Of nothing it is nothing.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { logSoftmax, activateBackend } from '@espalier/core';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = logSoftmax(tensor1d([1000, 1000])).dataSync();
 * if (Math.abs(y[0]! + Math.log(2)) > 1e-6) throw new Error(`got ${y.join()}`);
 * ```
 */
export function logSoftmax(x: Tensor): Tensor {
  return fused({
    kernel: 'FusedLogSoftmax',
    inputs: { x },
    composed: (inputs) => (inputs.x.size === 0 ? clone(inputs.x) : composed(inputs.x)),
  });
}
