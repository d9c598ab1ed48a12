import {
  type CallContext,
  type Config,
  type Initializer,
  type InputDtype,
  type InputSpec,
  Layer,
  type Parameter,
  type Regularizer,
  type Shape,
  singleShape,
} from '@espalier/core';
import { add, matMul, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { knownAxis } from '../options/checks.js';

/** What {@link Projection} takes. */
interface ProjectionOptions {
  /** How many axes at the end of the input are summed over. */
  readonly axes: number;
  /** The axes that take their place. */
  readonly outputShape: readonly number[];
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
}

/** A product over the last axes of the input: from features to heads, and from heads to features. */
export class Projection extends Layer {
  readonly className = 'Projection';
  kernel!: Parameter;
  bias: Parameter | undefined;
  readonly #options: ProjectionOptions;

  constructor(options: ProjectionOptions) {
    super();
    this.#options = options;
  }

  protected override inputSpec(): InputSpec {
    if (!this.built) return {};
    const { axes } = this.#options;
    const sizes = this.kernel.shape.slice(0, axes).map((size, i) => [i - axes, size] as const);
    return { minRank: axes + 1, axes: Object.fromEntries(sizes) };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const { axes, outputShape, useBias, kernelInitializer, biasInitializer, ...rest } = this.#options;
    const shape = singleShape(inputShape, this.label());
    const summed = Array.from({ length: axes }, (_, i) => knownAxis(shape, shape.length - axes + i, this.label()));
    this.kernel = this.addWeight({
      shape: [...summed, ...outputShape],
      initializer: kernelInitializer,
      regularizer: rest.kernelRegularizer,
    });
    if (!useBias) return;
    this.bias = this.addWeight({ shape: outputShape, initializer: biasInitializer, regularizer: rest.biasRegularizer });
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    const { axes, outputShape } = this.#options;
    const columns = outputShape.reduce((product, size) => product * size, 1);
    const rows = this.kernel.size / columns;
    // One flat product: fast, and tfjs has no right gradient for a batch against a matrix.
    const kernel = reshape(this.kernel.value as Tensor, [rows, columns]) as Tensor2D;
    const product = matMul(reshape(x, [-1, rows]) as Tensor2D, kernel);
    const sum = this.bias === undefined ? product : add(product, reshape(this.bias.value as Tensor, [columns]));
    return reshape(sum, [...x.shape.slice(0, -axes), ...outputShape]);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...singleShape(inputShape, this.label()).slice(0, -this.#options.axes), ...this.#options.outputShape];
  }

  override getConfig(): Config {
    return super.getConfig();
  }
}
