import { squaredDifference, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { asType } from '../fused/asType.js';
import type { SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import type { Loss } from './Loss.js';
import { lossLater } from './lossLater.js';
import { checkElementwise, perExample, sameRank } from './shapes.js';

/** What {@link MeanSquaredError} takes. */
export interface MeanSquaredErrorOptions {
  /** Default `meanSquaredError`. */
  readonly name?: string;
}

const meanSquaredErrorOptions = /* @__PURE__ */ optionTable<MeanSquaredErrorOptions>(
  'MeanSquaredError',
  { name: 'string' },
  { later: lossLater },
);

/**
 * `(t - p)²`, the mean over all axes but the batch. Targets have the shape of the predictions; `[batch]` goes with
 * `[batch, 1]`.
 *
 * `values` throws ShapeError where the shapes differ otherwise: nothing is broadcast.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { MeanSquaredError, activateBackend } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const [value] = new MeanSquaredError().values(tensor2d([[1, 0]]), tensor2d([[0.5, 0.5]])).dataSync();
 * if (value !== 0.25) throw new Error(`not 0.25: ${value}`);
 * ```
 */
export class MeanSquaredError implements Loss {
  readonly name: string;

  constructor(options: MeanSquaredErrorOptions = {}) {
    checkOptions(options, meanSquaredErrorOptions);
    this.name = options.name ?? 'meanSquaredError';
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    checkElementwise(targets.shape, predictions.shape, this.name);
    return tidy(() => {
      const [t, p] = sameRank(asType(targets, 'float32'), asType(predictions, 'float32'));
      return perExample(squaredDifference(t, p));
    });
  }

  checkTargets(targets: Tensor, predictions: Shape, where: string): void {
    checkElementwise(targets.shape, predictions, where);
  }

  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject {
    return { className: 'MeanSquaredError', config: { name: this.name } };
  }
}
