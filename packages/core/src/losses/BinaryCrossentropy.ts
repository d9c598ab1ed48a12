import { add, log, mul, neg, softplus, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { asType } from '../fused/asType.js';
import type { SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { clipProbabilities, lossKernel } from './crossentropy.js';
import type { Loss } from './Loss.js';
import { checkLabelSmoothing, smoothLabels } from './labelSmoothing.js';
import { lossLater } from './lossLater.js';
import { refuseLabel } from './refuseLabel.js';
import { checkElementwise, sameRank } from './shapes.js';

/** What {@link BinaryCrossentropy} takes. */
export interface BinaryCrossentropyOptions {
  /** Whether predictions are logits rather than probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** How far targets are drawn towards 0.5: `t (1 - s) + s / 2`, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** Default `binaryCrossentropy`. */
  readonly name?: string;
}

const binaryCrossentropyOptions = /* @__PURE__ */ optionTable<BinaryCrossentropyOptions>(
  'BinaryCrossentropy',
  { fromLogits: 'boolean', labelSmoothing: 'number', name: 'string' },
  { later: { ...lossLater, axis: 'the mean is over all axes but the batch, always' } },
);

/**
 * Crossentropy of independent yes-or-no predictions, the mean over all axes but the batch; targets in [0, 1] have the
 * shape of the predictions, and `[batch]` goes with `[batch, 1]`.
 *
 * From probabilities clipped to [1e-7, 1 - 1e-7]: `-(t log p + (1 - t) log(1 - p))`. From logits:
 * `log(1 + exp(x)) - x t`, computed so that no x overflows.
 *
 * @throws ValueError for `labelSmoothing` outside [0, 1]; `values` throws ShapeError where the shapes differ,
 * `checkTargets` DataError for a target outside [0, 1].
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { BinaryCrossentropy, activateBackend } from '@espalier/core';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const loss = new BinaryCrossentropy({ fromLogits: true });
 * const values = loss.values(tensor1d([1, 0]), tensor2d([[0], [0]])).dataSync();
 * if (values.some((value) => Math.abs(value - Math.log(2)) > 1e-6)) throw new Error('not log 2');
 * ```
 */
export class BinaryCrossentropy implements Loss {
  readonly name: string;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;

  constructor(options: BinaryCrossentropyOptions = {}) {
    checkOptions(options, binaryCrossentropyOptions);
    this.name = options.name ?? 'binaryCrossentropy';
    this.fromLogits = options.fromLogits ?? false;
    this.labelSmoothing = checkLabelSmoothing(options.labelSmoothing ?? 0, this.name);
  }

  values(targets: Tensor, predictions: Tensor): Tensor {
    checkElementwise(targets.shape, predictions.shape, this.name);
    return tidy(() => {
      const [given, x] = sameRank(asType(targets, 'float32'), asType(predictions, 'float32'));
      return lossKernel('BinaryCrossentropy', given, x, this, () => {
        const t = smoothLabels(given, this.labelSmoothing, 2);
        return this.fromLogits ? ofLogits(t, x) : ofProbabilities(t, clipProbabilities(x));
      });
    });
  }

  checkTargets(targets: Tensor, predictions: Shape, where: string, indices?: ArrayLike<number>): void {
    checkElementwise(targets.shape, predictions, where);
    const values = targets.dataSync();
    const at = values.findIndex((value) => !(value >= 0 && value <= 1));
    if (at < 0) return;
    refuseLabel(targets, at, values[at]!, indices, {
      where,
      expected: 'values from 0 to 1',
      mend: 'encode the two classes as 0 and 1',
    });
  }

  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject {
    const { name, fromLogits, labelSmoothing } = this;
    return { className: 'BinaryCrossentropy', config: { name, fromLogits, labelSmoothing } };
  }
}

function ofLogits(t: Tensor, x: Tensor): Tensor {
  // The same as max(x, 0) - x t + log(1 + exp(-|x|)), whose parts have no derivative at 0, where untrained models start.
  return sub(softplus(x), mul(x, t));
}

function ofProbabilities(t: Tensor, p: Tensor): Tensor {
  return neg(add(mul(t, log(p)), mul(sub(1, t), log(sub(1, p)))));
}
