import type { CallContext, InputDtype } from '@espalier/core';
import {
  cast,
  type DataType,
  maximum,
  maxPool,
  pad,
  stridedSlice,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { Pooling2D, type Pooling2DOptions } from './Pooling2D.js';

/**
 * The largest value of each window; int32 stays int32, other numbers give float32.
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

  protected override inputDtype(): InputDtype {
    return 'numbers';
  }

  override computeOutputDtype(inputDtype: DataType): DataType {
    return inputDtype === 'int32' ? 'int32' : 'float32';
  }

  override call(given: Tensor, _ctx: CallContext): Tensor {
    if (given.dtype === 'int32') return this.ofIntegers(given);
    const x = given.dtype === 'float32' ? given : cast(given, 'float32');
    return maxPool(x as Tensor4D, [...this.poolSize], [...this.strides], this.padding);
  }

  /** Exactly, as the largest of shifted images: the kernels of pooling hold float32, which integers above 2^24 are not. */
  private ofIntegers(x: Tensor): Tensor {
    const [batch = 0, , , channels = 0] = x.shape;
    const [, ...windows] = this.computeOutputShape(x.shape) as number[];
    const [pads, ends] = [[] as [number, number][], [] as number[]];
    for (const axis of [0, 1] as const) {
      const end = (windows[axis]! - 1) * this.strides[axis];
      const missing = Math.max(0, end + this.poolSize[axis] - x.shape[axis + 1]!);
      pads.push([Math.floor(missing / 2), Math.ceil(missing / 2)]);
      ends.push(end + 1);
    }
    const padded = pads.flat().some((pad) => pad > 0) ? pad(x, [[0, 0], ...pads, [0, 0]], -(2 ** 31)) : x;
    const shifted: Tensor[] = [];
    for (let row = 0; row < this.poolSize[0]; row++) {
      for (let column = 0; column < this.poolSize[1]; column++) {
        const to = [batch, row + ends[0]!, column + ends[1]!, channels];
        shifted.push(stridedSlice(padded, [0, row, column, 0], to, [1, ...this.strides, 1]));
      }
    }
    return shifted.reduce((a, b) => maximum(a, b));
  }
}
