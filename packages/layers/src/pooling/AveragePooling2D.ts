import type { CallContext, InputDtype } from '@espalier/core';
import { avgPool, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { Pooling2D, type Pooling2DOptions } from './Pooling2D.js';

/**
 * The mean of each window; with padding `same`, what lies outside the image does not count.
 * `(batch, height, width, channels)` becomes `(batch, height', width', channels)`.
 *
 * @throws ValueError where a size is not a positive integer.
 * @throws ShapeError where the input has not four axes, or is smaller than the window.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { AveragePooling2D } from '@espalier/layers';
 * import { tensor4d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const x = tensor4d([1, 7, 3, 5], [1, 2, 2, 1]);
 * const y = new AveragePooling2D({ poolSize: 2 }).apply(x, { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '4') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class AveragePooling2D extends Pooling2D {
  readonly className = 'AveragePooling2D';

  constructor(options: Pooling2DOptions = {}) {
    super(options, 'AveragePooling2D');
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    return avgPool(x as Tensor4D, [...this.poolSize], [...this.strides], this.padding);
  }
}
