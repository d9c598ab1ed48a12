import type { CallContext } from '@espalier/core';
import { maxPool, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { Pooling2D, type Pooling2DOptions } from './Pooling2D.js';

/**
 * The largest value of each window.
 * `(batch, height, width, channels)` becomes `(batch, height', width', channels)`.
 *
 * @throws ValueError where a size is not a positive integer.
 * @throws ShapeError where the input has not four axes, or is smaller than the window.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { MaxPooling2D } from '@espalier/layers';
 * import { tensor4d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const x = tensor4d([1, 7, 3, 5], [1, 2, 2, 1]);
 * const y = new MaxPooling2D({ poolSize: 2 }).apply(x, { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '7') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class MaxPooling2D extends Pooling2D {
  readonly className = 'MaxPooling2D';

  constructor(options: Pooling2DOptions = {}) {
    super(options, 'MaxPooling2D');
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    return maxPool(x as Tensor4D, [...this.poolSize], [...this.strides], this.padding);
  }
}
