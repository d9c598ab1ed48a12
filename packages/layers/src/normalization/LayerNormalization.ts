import {
  type CallContext,
  type Config,
  type InputSpec,
  layerNormalization,
  optionTable,
  type Shape,
  ValueError,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  asVector,
  ScaledNormalization,
  type ScaledNormalizationOptions,
  scaledNormalizationOptions,
  sizesOf,
  withAxesLast,
} from './ScaledNormalization.js';

/** What {@link LayerNormalization} takes. */
export interface LayerNormalizationOptions extends ScaledNormalizationOptions {
  /** The axis, or axes, that share a mean and a variance; default -1, the last. */
  readonly axis?: number | readonly number[];
}

const layerNormalizationOptions = /* @__PURE__ */ optionTable<LayerNormalizationOptions, ScaledNormalizationOptions>(
  'LayerNormalization',
  { axis: 'integer|list' },
  { base: scaledNormalizationOptions, later: { rmsScaling: 'RMSNormalization has it' }, first: 'axis' },
);

/**
 * Gives each position of each example mean 0 and variance 1 over its features, then a learned scale and offset:
 * `gamma · (x - mean) / sqrt(variance + epsilon) + beta`. The shape stays.
 *
 * Parameters, each of the sizes of `axis`: `gamma`, `beta`. Source: Ba, Kiros and Hinton 2016, arXiv:1607.06450.
 *
 * @throws ValueError where `axis` holds the batch axis or is none.
 * @throws ShapeError where the number of features is not known or not the one it was built for.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { LayerNormalization } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new LayerNormalization({ epsilon: 1e-7 });
 * const y = layer.apply(tensor2d([[1, 3]]), { training: false, rng: new Rng(0) }).dataSync();
 * if (Math.abs(y[0]! + 1) > 1e-5 || Math.abs(y[1]! - 1) > 1e-5) throw new Error(`got ${y.join()}`);
 * ```
 */
export class LayerNormalization extends ScaledNormalization {
  readonly className = 'LayerNormalization';
  /** {@inheritDoc LayerNormalizationOptions.axis} */
  readonly axis: number | readonly number[];

  constructor(options: LayerNormalizationOptions = {}) {
    super(options, layerNormalizationOptions);
    this.axis = featureAxes(options.axis ?? -1, 'LayerNormalization');
  }

  protected override inputSpec(): InputSpec {
    return {
      minRank: 2,
      ...(typeof this.axis === 'number' && this.gamma ? { axes: { [this.axis]: this.gamma.size } } : {}),
    };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    this.addScale(sizesOf([this.axis].flat(), inputShape, this.label()));
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const { epsilon } = this;
    return withAxesLast(x, [this.axis].flat(), (flat) =>
      layerNormalization(flat, asVector(this.gamma), asVector(this.beta), { epsilon }),
    );
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}

/** @throws ValueError unless there are axes, none of them the batch. */
export function featureAxes<T extends number | readonly number[]>(axis: T, where: string): T {
  const axes = [axis].flat() as number[];
  if (axes.length > 0 && axes.every((one) => Number.isInteger(one) && one !== 0)) return axis;
  throw new ValueError({ where, problem: 'axis must be integers other than 0, the batch', got: String(axis) });
}
