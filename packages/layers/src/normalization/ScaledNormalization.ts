import {
  type Config,
  type Initializer,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  type OptionTable,
  optionTable,
  type Parameter,
  type Regularizer,
  type Shape,
  singleShape,
} from '@espalier/core';
import { reshape, type Tensor, transpose } from '@tensorflow/tfjs-core';
import { type InitializerLike, resolveInitializer } from '../initializers/resolveInitializer.js';
import { atLeast, knownAxis } from '../options/checks.js';
import { compact } from '../options/compact.js';
import { serialized } from '../options/serialized.js';
import { type RegularizerLike, resolveRegularizer } from '../regularizers/resolveRegularizer.js';

/** The options of normalisations of each example with a learned scale and offset. */
export interface ScaledNormalizationOptions extends LayerOptions {
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
  /** Default none. */
  readonly betaRegularizer?: RegularizerLike;
  /** Default none. */
  readonly gammaRegularizer?: RegularizerLike;
}

/** The options of {@link ScaledNormalizationOptions}, as the base of tables. */
export const scaledNormalizationOptions = /* @__PURE__ */ optionTable<ScaledNormalizationOptions, LayerOptions>(
  'ScaledNormalization',
  {
    epsilon: 'number',
    center: 'boolean',
    scale: 'boolean',
    betaInitializer: 'string|object',
    gammaInitializer: 'string|object',
    betaRegularizer: 'string|object|null',
    gammaRegularizer: 'string|object|null',
  },
  { base: layerOptions, later: { betaConstraint: '', gammaConstraint: '' } },
);

/** What layer and group normalisation have in common; they differ in what shares a mean and a variance. */
export abstract class ScaledNormalization extends Layer {
  /** {@inheritDoc ScaledNormalizationOptions.epsilon} */
  readonly epsilon: number;
  /** {@inheritDoc ScaledNormalizationOptions.center} */
  readonly center: boolean;
  /** {@inheritDoc ScaledNormalizationOptions.scale} */
  readonly scale: boolean;
  /** {@inheritDoc ScaledNormalizationOptions.betaInitializer} */
  readonly betaInitializer: Initializer;
  /** {@inheritDoc ScaledNormalizationOptions.gammaInitializer} */
  readonly gammaInitializer: Initializer;
  /** {@inheritDoc ScaledNormalizationOptions.betaRegularizer} */
  readonly betaRegularizer: Regularizer | undefined;
  /** {@inheritDoc ScaledNormalizationOptions.gammaRegularizer} */
  readonly gammaRegularizer: Regularizer | undefined;
  /** The learned scale; absent without `scale`. */
  gamma: Parameter | undefined;
  /** The learned offset; absent without `center`. */
  beta: Parameter | undefined;
  protected override readonly passesMask = true;

  constructor(options: ScaledNormalizationOptions, table: OptionTable) {
    super(options, table);
    const where = table.owner;
    this.epsilon = atLeast(options.epsilon ?? 1e-3, 0, 'epsilon', where);
    this.center = options.center ?? true;
    this.scale = options.scale ?? true;
    this.betaInitializer = resolveInitializer(options.betaInitializer ?? 'zeros', where);
    this.gammaInitializer = resolveInitializer(options.gammaInitializer ?? 'ones', where);
    this.betaRegularizer = resolveRegularizer(options.betaRegularizer, where);
    this.gammaRegularizer = resolveRegularizer(options.gammaRegularizer, where);
  }

  /** Declares `gamma` and `beta`. */
  protected addScale(shape: readonly number[]): void {
    if (this.scale) {
      this.gamma = this.addWeight({ shape, initializer: this.gammaInitializer, regularizer: this.gammaRegularizer });
    }
    if (this.center) {
      this.beta = this.addWeight({ shape, initializer: this.betaInitializer, regularizer: this.betaRegularizer });
    }
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return singleShape(inputShape, this.label());
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      betaInitializer: serialized(this.betaInitializer),
      gammaInitializer: serialized(this.gammaInitializer),
      ...compact({
        betaRegularizer: this.betaRegularizer && serialized(this.betaRegularizer),
        gammaRegularizer: this.gammaRegularizer && serialized(this.gammaRegularizer),
      }),
    };
  }
}

/** The sizes of the axes that are normalised. @throws ShapeError where one is not known. */
export function sizesOf(axes: readonly number[], inputShape: Shape | Shape[], where: string): number[] {
  const shape = singleShape(inputShape, where);
  return ordered(axes, shape.length).map((axis) => knownAxis(shape, axis, where));
}

function ordered(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => (axis < 0 ? rank + axis : axis)).sort((a, b) => a - b);
}

/** Applies `f` to x with these axes moved to the end and made one. */
export function withAxesLast(x: Tensor, axes: readonly number[], f: (x: Tensor) => Tensor): Tensor {
  const rank = x.shape.length;
  const last = ordered(axes, rank);
  if (last.length === 1 && last[0] === rank - 1) return f(x);
  const lead = x.shape.map((_, axis) => axis).filter((axis) => !last.includes(axis));
  const order = [...lead, ...last];
  const moved = transpose(x, order);
  const flat = reshape(moved, [
    ...moved.shape.slice(0, lead.length),
    last.reduce((size, axis) => size * x.shape[axis]!, 1),
  ]);
  return transpose(
    reshape(f(flat), moved.shape),
    order.map((_, axis) => order.indexOf(axis)),
  );
}

/** A parameter as a vector. */
export function asVector(parameter: Parameter | undefined): Tensor | undefined {
  return parameter === undefined || parameter.shape.length === 1
    ? parameter?.value
    : reshape(parameter.value as Tensor, [-1]);
}
