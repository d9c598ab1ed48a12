import {
  batchNormalization,
  type CallContext,
  type Config,
  frozenBatchNormalization,
  type Initializer,
  type InputDtype,
  type InputSpec,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Parameter,
  type Regularizer,
  type Shape,
  ShapeError,
  showShape,
  singleShape,
  ValueError,
} from '@espalier/core';
import { add, expandDims, mul, reshape, rsqrt, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type InitializerLike, resolveInitializer } from '../initializers/resolveInitializer.js';
import { atLeast, inClosedRange, knownAxis } from '../options/checks.js';
import { compact } from '../options/compact.js';
import { serialized } from '../options/serialized.js';
import { type RegularizerLike, resolveRegularizer } from '../regularizers/resolveRegularizer.js';
import { batchMoments } from './batchMoments.js';

/** What {@link BatchNormalization} takes. */
export interface BatchNormalizationOptions extends LayerOptions {
  /** The axis of the features; default -1, the last. */
  readonly axis?: number;
  /** How much of the moving statistics stays at each step. Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number;
  /** Whether to add `beta`. Default true. */
  readonly center?: boolean;
  /** Whether to multiply by `gamma`. Default true. */
  readonly scale?: boolean;
  /** Default `zeros`. */
  readonly betaInitializer?: InitializerLike;
  /** Default `ones`. */
  readonly gammaInitializer?: InitializerLike;
  /** Default `zeros`. */
  readonly movingMeanInitializer?: InitializerLike;
  /** Default `ones`. */
  readonly movingVarianceInitializer?: InitializerLike;
  /** Default none. */
  readonly betaRegularizer?: RegularizerLike;
  /** Default none. */
  readonly gammaRegularizer?: RegularizerLike;
}

const batchNormalizationOptions = /* @__PURE__ */ optionTable<BatchNormalizationOptions, LayerOptions>(
  'BatchNormalization',
  {
    axis: 'integer',
    momentum: 'number',
    epsilon: 'number',
    center: 'boolean',
    scale: 'boolean',
    betaInitializer: 'string|object',
    gammaInitializer: 'string|object',
    betaRegularizer: 'string|object|null',
    gammaRegularizer: 'string|object|null',
    movingMeanInitializer: 'string|object',
    movingVarianceInitializer: 'string|object',
  },
  {
    base: layerOptions,
    later: {
      betaConstraint: '',
      gammaConstraint: '',
      renorm: '',
      renormClipping: '',
      renormMomentum: '',
      synchronized: '',
    },
    first: 'axis',
  },
);

/**
 * Gives each feature mean 0 and variance 1 over the batch, then a learned scale and offset:
 * `gamma · (x - mean) / sqrt(variance + epsilon) + beta`. The shape stays.
 *
 * In training, mean and variance are those of the batch and of all axes but `axis`, without the time steps that the
 * mask leaves out; the moving statistics go a step towards them: `moving · momentum + batch · (1 - momentum)`, with the
 * variance divided by n, as Keras does (PyTorch divides by n - 1). Otherwise, and where the layer is frozen, the moving
 * statistics are used and stay.
 *
 * Parameters, each `[features]`: `gamma`, `beta`, and as state `movingMean`, `movingVariance`.
 * Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
 *
 * @throws ValueError where `axis` is the batch axis, or `momentum` is outside [0, 1].
 * @throws ShapeError where the number of features is not known or not the one it was built for, or a batch to train on is
 * empty.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { BatchNormalization } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new BatchNormalization({ epsilon: 1e-7 });
 * const y = layer.apply(tensor2d([[1], [3]]), { training: true, rng: new Rng(0) }).dataSync();
 * if (Math.abs(y[0]! + 1) > 1e-5 || Math.abs(y[1]! - 1) > 1e-5) throw new Error(`got ${y.join()}`);
 * if (Math.abs(layer.movingMean.value.dataSync()[0]! - 0.02) > 1e-6) throw new Error('mean not moved');
 * ```
 */
export class BatchNormalization extends Layer {
  readonly className = 'BatchNormalization';
  /** {@inheritDoc BatchNormalizationOptions.axis} */
  readonly axis: number;
  /** {@inheritDoc BatchNormalizationOptions.momentum} */
  readonly momentum: number;
  /** {@inheritDoc BatchNormalizationOptions.epsilon} */
  readonly epsilon: number;
  /** {@inheritDoc BatchNormalizationOptions.center} */
  readonly center: boolean;
  /** {@inheritDoc BatchNormalizationOptions.scale} */
  readonly scale: boolean;
  /** {@inheritDoc BatchNormalizationOptions.betaInitializer} */
  readonly betaInitializer: Initializer;
  /** {@inheritDoc BatchNormalizationOptions.gammaInitializer} */
  readonly gammaInitializer: Initializer;
  /** {@inheritDoc BatchNormalizationOptions.movingMeanInitializer} */
  readonly movingMeanInitializer: Initializer;
  /** {@inheritDoc BatchNormalizationOptions.movingVarianceInitializer} */
  readonly movingVarianceInitializer: Initializer;
  /** {@inheritDoc BatchNormalizationOptions.betaRegularizer} */
  readonly betaRegularizer: Regularizer | undefined;
  /** {@inheritDoc BatchNormalizationOptions.gammaRegularizer} */
  readonly gammaRegularizer: Regularizer | undefined;
  /** The learned scale; absent without `scale`. */
  gamma: Parameter | undefined;
  /** The learned offset; absent without `center`. */
  beta: Parameter | undefined;
  /** The mean that is used outside of training. */
  movingMean!: Parameter;
  /** The variance that is used outside of training. */
  movingVariance!: Parameter;
  protected override readonly passesMask = true;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options, batchNormalizationOptions);
    const where = 'BatchNormalization';
    this.axis = options.axis ?? -1;
    if (!Number.isInteger(this.axis) || this.axis === 0) {
      throw new ValueError({ where, problem: 'axis must be an integer other than 0, the batch', got: `${this.axis}` });
    }
    // At 1 the moving statistics stay what they are.
    this.momentum = inClosedRange(options.momentum ?? 0.99, 0, 1, 'momentum', where);
    this.epsilon = atLeast(options.epsilon ?? 1e-3, 0, 'epsilon', where);
    this.center = options.center ?? true;
    this.scale = options.scale ?? true;
    this.betaInitializer = resolveInitializer(options.betaInitializer ?? 'zeros', where);
    this.gammaInitializer = resolveInitializer(options.gammaInitializer ?? 'ones', where);
    this.movingMeanInitializer = resolveInitializer(options.movingMeanInitializer ?? 'zeros', where);
    this.movingVarianceInitializer = resolveInitializer(options.movingVarianceInitializer ?? 'ones', where);
    this.betaRegularizer = resolveRegularizer(options.betaRegularizer, where);
    this.gammaRegularizer = resolveRegularizer(options.gammaRegularizer, where);
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { minRank: 2, axes: { [this.axis]: this.movingMean.size } } : { minRank: 2 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const shape = [knownAxis(singleShape(inputShape, this.label()), this.axis, this.label())];
    if (this.scale) {
      this.gamma = this.addWeight({ shape, initializer: this.gammaInitializer, regularizer: this.gammaRegularizer });
    }
    if (this.center) {
      this.beta = this.addWeight({ shape, initializer: this.betaInitializer, regularizer: this.betaRegularizer });
    }
    this.movingMean = this.addWeight({ shape, initializer: this.movingMeanInitializer, kind: 'state' });
    this.movingVariance = this.addWeight({ shape, initializer: this.movingVarianceInitializer, kind: 'state' });
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, ctx: CallContext): Tensor {
    // The features as a vector that broadcasts: `[1, features, 1]` for axis 1 of three.
    const shape = x.shape.map(() => 1);
    shape[this.axis < 0 ? x.shape.length + this.axis : this.axis] = this.movingMean.size;
    const along = (parameter: Parameter): Tensor => reshape(parameter.value as Tensor, shape);

    if (ctx.training && this.trainable && !this.frozen) {
      this.requireElements(x);
      const weights = this.weights(x, ctx.mask);
      if (weights === undefined && shape[shape.length - 1] === this.movingMean.size) {
        return batchNormalization(x, this.gamma?.value, this.beta?.value, {
          epsilon: this.epsilon,
          onMoments: (mean, variance) => {
            this.move(this.movingMean, mean);
            this.move(this.movingVariance, variance);
          },
        });
      }
      const { mean, variance, centered } = batchMoments(x, shape, weights);
      this.move(this.movingMean, mean);
      this.move(this.movingVariance, variance);
      const normal = mul(centered, this.steepness(variance, along));
      return this.beta === undefined ? normal : add(normal, along(this.beta));
    }
    if (shape[shape.length - 1] === this.movingMean.size) {
      return frozenBatchNormalization(x, {
        mean: this.movingMean.value,
        variance: this.movingVariance.value,
        gamma: this.gamma?.value,
        beta: this.beta?.value,
        epsilon: this.epsilon,
      });
    }
    // The mean first: x s + (beta - mean s) would lose the digits of deviations that are small against the mean.
    const normal = mul(sub(x, along(this.movingMean)), this.steepness(along(this.movingVariance), along));
    return this.beta === undefined ? normal : add(normal, along(this.beta));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return singleShape(inputShape, this.label());
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      axis: this.axis,
      momentum: this.momentum,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      betaInitializer: serialized(this.betaInitializer),
      gammaInitializer: serialized(this.gammaInitializer),
      movingMeanInitializer: serialized(this.movingMeanInitializer),
      movingVarianceInitializer: serialized(this.movingVarianceInitializer),
      ...compact({
        betaRegularizer: this.betaRegularizer && serialized(this.betaRegularizer),
        gammaRegularizer: this.gammaRegularizer && serialized(this.gammaRegularizer),
      }),
    };
  }

  /** The moving statistics would become NaN, and stay so. */
  private requireElements(x: Tensor): void {
    if (x.size > 0 || this.movingMean.size === 0) return;
    throw new ShapeError({
      where: this.label(),
      problem: 'a batch without elements has no mean',
      expected: 'at least one element for each feature, in training',
      got: showShape(x.shape),
      mend: 'leave empty batches out',
    });
  }

  /** `gamma / sqrt(variance + epsilon)` */
  private steepness(variance: Tensor, along: (parameter: Parameter) => Tensor): Tensor {
    const inverse = rsqrt(add(variance, this.epsilon));
    return this.gamma === undefined ? inverse : mul(inverse, along(this.gamma));
  }

  private move(moving: Parameter, batch: Tensor): void {
    tidy(() => {
      const target = reshape(batch, moving.shape as number[]);
      moving.assign(add(mul(moving.value as Tensor, this.momentum), mul(target, 1 - this.momentum)));
    });
  }

  /** The mask as weights that broadcast over the features; only a mask over all axes but the last is one. */
  private weights(x: Tensor, mask: Tensor | undefined): Tensor | undefined {
    return mask !== undefined && mask.shape.length === x.shape.length - 1 ? expandDims(mask, -1) : undefined;
  }
}
