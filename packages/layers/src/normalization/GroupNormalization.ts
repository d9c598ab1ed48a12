import {
  type CallContext,
  type Config,
  groupNormalization,
  type InputSpec,
  optionTable,
  type Shape,
  ShapeError,
  ValueError,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { featureAxes } from './LayerNormalization.js';
import {
  ScaledNormalization,
  type ScaledNormalizationOptions,
  scaledNormalizationOptions,
  sizesOf,
  withAxesLast,
} from './ScaledNormalization.js';

/** What {@link GroupNormalization} takes. */
export interface GroupNormalizationOptions extends ScaledNormalizationOptions {
  /** How many groups share out the channels; -1 gives each channel its own. Default 32. */
  readonly groups?: number;
  /** The axis of the channels; default -1, the last. */
  readonly axis?: number;
}

const groupNormalizationOptions = /* @__PURE__ */ optionTable<GroupNormalizationOptions, ScaledNormalizationOptions>(
  'GroupNormalization',
  { groups: 'integer', axis: 'integer' },
  { base: scaledNormalizationOptions, first: 'groups' },
);

/**
 * Gives each group of channels of each example mean 0 and variance 1 over all positions, then a learned scale and offset
 * by channel. The shape stays. Parameters, each `[channels]`: `gamma`, `beta`.
 * Source: Wu and He 2018, arXiv:1803.08494.
 *
 * @throws ValueError where `axis` is the batch axis or `groups` neither positive nor -1.
 * @throws ShapeError where the channels cannot be shared out evenly.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { GroupNormalization } from '@espalier/layers';
 * import { tensor3d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new GroupNormalization({ groups: 2, epsilon: 1e-7 });
 * const y = layer.apply(tensor3d([[[1, 10], [3, 30]]]), { training: false, rng: new Rng(0) }).dataSync();
 * if (y.some((value, i) => Math.abs(value - (i < 2 ? -1 : 1)) > 1e-5)) throw new Error(`got ${y.join()}`);
 * ```
 */
export class GroupNormalization extends ScaledNormalization {
  readonly className = 'GroupNormalization';
  /** {@inheritDoc GroupNormalizationOptions.groups} */
  readonly groups: number;
  /** {@inheritDoc GroupNormalizationOptions.axis} */
  readonly axis: number;
  #channels = 0;

  constructor(options: GroupNormalizationOptions = {}) {
    super(options, groupNormalizationOptions);
    this.groups = options.groups ?? 32;
    this.axis = featureAxes(options.axis ?? -1, 'GroupNormalization');
    if (Number.isInteger(this.groups) && (this.groups > 0 || this.groups === -1)) return;
    throw new ValueError({
      where: 'GroupNormalization',
      problem: 'groups must be a positive integer, or -1 for a group a channel',
      got: String(this.groups),
    });
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { minRank: 2, axes: { [this.axis]: this.#channels } } : { minRank: 2 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const [channels] = sizesOf([this.axis], inputShape, this.label()) as [number];
    if (this.groups !== -1 && (channels % this.groups !== 0 || channels < this.groups)) {
      throw new ShapeError({
        where: this.label(),
        problem: 'the channels cannot be shared out evenly',
        expected: `a multiple of ${this.groups}, the groups`,
        got: `${channels} channels`,
        mend: 'choose a number of groups that divides the channels',
      });
    }
    this.#channels = channels;
    this.addScale([channels]);
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const groups = this.groups === -1 ? this.#channels : this.groups;
    const { epsilon } = this;
    return withAxesLast(x, [this.axis], (last) =>
      groupNormalization(last, this.gamma?.value, this.beta?.value, { groups, epsilon }),
    );
  }

  override getConfig(): Config {
    return { ...super.getConfig(), groups: this.groups, axis: this.axis };
  }
}
