import {
  type CallContext,
  type Config,
  type InputDtype,
  type InputSpec,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Parameter,
  rmsNormalization,
  type Shape,
  singleShape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Ones } from '../initializers/Ones.js';
import { atLeast } from '../options/checks.js';
import { featureAxes } from './LayerNormalization.js';
import { asVector, sizesOf, withAxesLast } from './ScaledNormalization.js';

/** What {@link RMSNormalization} takes. */
export interface RMSNormalizationOptions extends LayerOptions {
  /** The axis, or axes, over which the mean of squares is taken; default -1, the last. */
  readonly axis?: number | readonly number[];
  /** Added to the mean square. Default 1e-6. */
  readonly epsilon?: number;
}

const rmsNormalizationOptions = /* @__PURE__ */ optionTable<RMSNormalizationOptions, LayerOptions>(
  'RMSNormalization',
  { axis: 'integer|list', epsilon: 'number' },
  { base: layerOptions, first: 'axis' },
);

/**
 * Divides the features of each position by the root of their mean square: `scale · x / sqrt(mean(x²) + epsilon)`. The
 * shape stays; parameter: `scale`, of the sizes of `axis`. Source: Zhang and Sennrich 2019, arXiv:1910.07467.
 *
 * @throws ValueError where `axis` holds the batch axis or is none.
 * @throws ShapeError where the number of features is not known or not the one it was built for.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { RMSNormalization } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = new RMSNormalization().apply(tensor2d([[1, 7]]), { training: false, rng: new Rng(0) }).dataSync();
 * if (Math.abs(y[0]! - 0.2) > 1e-5 || Math.abs(y[1]! - 1.4) > 1e-5) throw new Error(`got ${y.join()}`);
 * ```
 */
export class RMSNormalization extends Layer {
  readonly className = 'RMSNormalization';
  /** {@inheritDoc RMSNormalizationOptions.axis} */
  readonly axis: number | readonly number[];
  /** {@inheritDoc RMSNormalizationOptions.epsilon} */
  readonly epsilon: number;
  /** The learned scale. */
  scale!: Parameter;
  protected override readonly passesMask = true;

  constructor(options: RMSNormalizationOptions = {}) {
    super(options, rmsNormalizationOptions);
    this.axis = featureAxes(options.axis ?? -1, 'RMSNormalization');
    this.epsilon = atLeast(options.epsilon ?? 1e-6, 0, 'epsilon', 'RMSNormalization');
  }

  protected override inputSpec(): InputSpec {
    return {
      minRank: 2,
      ...(this.built && typeof this.axis === 'number' ? { axes: { [this.axis]: this.scale.size } } : {}),
    };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    this.scale = this.addWeight({
      shape: sizesOf([this.axis].flat(), inputShape, this.label()),
      initializer: new Ones(),
    });
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const { epsilon } = this;
    return withAxesLast(x, [this.axis].flat(), (flat) => rmsNormalization(flat, asVector(this.scale), { epsilon }));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return singleShape(inputShape, this.label());
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon };
  }
}
